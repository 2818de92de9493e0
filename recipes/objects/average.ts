/**
 * Averages models of the same structure, weight by weight (model soups, Wortsman et al. 2022):
 * `npx tsx recipes/objects/average.ts OUT MODEL…`. The configuration is the first one's.
 */

import { float32Tensor } from '../../src/core/tensor.ts';
import { openModelFile } from '../../src/model-file/model-file.ts';
import { writeSafetensors } from '../../src/weights/safetensors/writer.ts';
import { memoryWeights } from '../../src/weights/weight-file.ts';

const [out, ...paths] = process.argv.slice(2);
if (paths.length < 2) throw new Error('usage: average.ts OUT MODEL…');

const files = await Promise.all(paths.map(openModelFile));
const [first] = files;
const averages = new Map(
  await Promise.all(
    first.weights.keys().map(async (name) => {
      const all = await Promise.all(files.map(({ weights }) => weights.read(name)));
      const mean = Float32Array.from(all[0].data, (_, i) => {
        return all.reduce((sum, { data }) => sum + Number(data[i]), 0) / all.length;
      });
      return [name, float32Tensor(all[0].shape, mean)] as const;
    }),
  ),
);
await writeSafetensors(out, memoryWeights(out, averages), { metadata: first.weights.metadata });
await Promise.all(files.map(({ weights }) => weights.close()));
