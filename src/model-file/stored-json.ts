import { InputError, messageOf } from '../core/errors.ts';
import type { WeightFile } from '../weights/weight-file.ts';

/**
 * A value that a model file stores as JSON in its metadata; undefined where there is none.
 * @param what What messages call it.
 * @throws InputError where it is not JSON.
 */
export function storedJson({ name, metadata }: WeightFile, key: 'config' | 'card', what: string): unknown {
  const text = metadata[key];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(name, `its ${what} is not JSON (${messageOf(error)})`, { cause: error });
  }
}
