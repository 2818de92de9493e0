/**
 * `npx tsx recipes/average.ts START.safetensors TRAINED.safetensors SHARE OUT.safetensors`: the weights between those that a
 * training started from and those that it ended with, SHARE of the way; the rest of OUT is TRAINED's. A point in between is often
 * better than both, also on pictures unlike those of the training (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
 */
import { openWeights } from '../src/weights/open-weights.ts';
import { writeSafetensors } from '../src/weights/safetensors/writer.ts';
import { memoryWeights, readTensors } from '../src/weights/weight-file.ts';

const [startPath, trainedPath, share, out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: average.ts START TRAINED SHARE OUT');
const part = Number(share);
const start = await openWeights(startPath);
const trained = await openWeights(trainedPath);
const tensors = await readTensors(trained, trained.keys());
for (const [name, { data }] of tensors) {
  const from = (await start.read(name)).data;
  for (const [i, value] of data.entries()) data[i] = from[i] + part * (value - from[i]);
}
await writeSafetensors(out, memoryWeights(out, tensors), { metadata: trained.metadata });
await Promise.all([start.close(), trained.close()]);
