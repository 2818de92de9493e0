import { type ReadOptions, readCocoDataset } from './coco.ts';
import type { CocoData } from './dataset.ts';
import { uniqueRecords } from './unique-records.ts';

export interface OpenOptions extends ReadOptions {
  /** Called with each line that a user should see. */
  readonly onNote?: ((line: string) => void) | undefined;
}

/**
 * Reads a data set for training, evaluation or prediction. `checkDataset` takes one from `readCocoDataset`, which keeps
 * repeated records.
 * @throws what `readCocoDataset` and `uniqueRecords` throw.
 */
export async function openDataset(path: string, { onNote, ...options }: OpenOptions = {}): Promise<CocoData> {
  return uniqueRecords(await readCocoDataset(path, options), onNote);
}
