import { fileURLToPath } from 'node:url';
import type { Random } from '../../src/core/random.ts';
import { readWeights } from './read-weights.ts';

/** Reads the tensors of a file under `test/golden/train/`; the scripts of `test/oracle/` that write them are named there. */
export async function goldenTensors(file: string): Promise<(name: string) => Promise<Float32Array>> {
  const path = fileURLToPath(new URL(`../golden/train/${file}`, import.meta.url));
  const weights = await readWeights(path);
  return async (name) => (await weights.read(name)).data;
}

/** A stream of zeros: sampling with it takes the first of each kind, as the oracle does. */
export const firstOfEach: Random = { uniform: () => 0, normal: () => 0, integer: () => 0 };
