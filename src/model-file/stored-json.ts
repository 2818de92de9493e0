import { parseJson } from '../core/parse-json.ts';
import type { WeightFile } from '../weights/weight-file.ts';

/**
 * A value that a model file stores as JSON in its metadata; undefined where there is none.
 * @param what What messages call it.
 * @throws InputError where it is not JSON.
 */
export function storedJson(
  { name, metadata }: WeightFile,
  key: 'config' | 'card' | 'quantization',
  what: string,
): unknown {
  const text = metadata[key];
  return text === undefined ? undefined : parseJson(name, text, `its ${what}`);
}
