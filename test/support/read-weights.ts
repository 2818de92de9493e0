import { openWeights } from '../../src/weights/open-weights.ts';
import { type WeightEntry, type WeightFile, weightFile } from '../../src/weights/weight-file.ts';

/** A weight file in memory: unlike one that is open, it needs no closing. */
export async function readWeights(path: string): Promise<WeightFile> {
  const file = await openWeights(path);
  try {
    const entries = new Map<string, WeightEntry>();
    for (const key of file.keys()) {
      const { shape, data } = await file.read(key);
      entries.set(key, { shape, dtype: file.dtypeOf(key), read: async () => data });
    }
    return weightFile(file.name, entries, { metadata: file.metadata });
  } finally {
    await file.close();
  }
}
