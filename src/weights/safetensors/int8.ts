import { Int8RowsTensor } from '../../core/int8-rows.ts';
import type { WeightEntry } from '../weight-file.ts';

/** What is added to the name of an int8 tensor for that of its scales, `[rows]` float32. */
export const scalesSuffix = '.int8_scales';

/**
 * The entries of a file, of which int8 tensors with scales read as the values that they stand for.
 * @param readInt8 Reads an int8 tensor as it is stored.
 */
export function withInt8Rows(
  entries: ReadonlyMap<string, WeightEntry>,
  readInt8: (key: string) => Promise<Int8Array>,
): Map<string, WeightEntry> {
  const read = new Map<string, WeightEntry>();
  for (const [key, entry] of entries) {
    const scales = entries.get(key + scalesSuffix);
    if (entry.dtype === 'int8' && scales && scales.shape.join() === String(entry.shape[0])) {
      const readRows = async () => ({ data: await readInt8(key), scales: await scales.read() });
      const values = async () => new Int8RowsTensor(entry.shape, await readRows()).data;
      read.set(key, { ...entry, read: values, readRows });
    } else if (!isScales(key, entries)) read.set(key, entry);
  }
  return read;
}

function isScales(key: string, entries: ReadonlyMap<string, WeightEntry>): boolean {
  return key.endsWith(scalesSuffix) && entries.get(key.slice(0, -scalesSuffix.length))?.dtype === 'int8';
}
