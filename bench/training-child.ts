/**
 * Our side of the training benchmark, with the same JSON lines as `test/oracle/bench_training.py`:
 * `training-child.ts CASE FOLDER THREADS DEVICE` answers each line `{"step": true}` with one line `{"seconds",
 * "losses"}`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Device } from '../src/config/device.ts';
import { trainingConfigSchema } from '../src/config/training.ts';
import { float32Tensor } from '../src/core/tensor.ts';
import { joinBatch, type PreparedSample, prepareSample } from '../src/data/load/batch.ts';
import type { Loader } from '../src/data/load/loader.ts';
import { decodePicture } from '../src/image/decode.ts';
import { toPicture } from '../src/image/picture.ts';
import { backboneStride } from '../src/model/backbone.ts';
import { rleFromCounts } from '../src/ops/rle/rle.ts';
import { openTrainingRuntime } from '../src/runtime/open-node-runtime.ts';
import { withThreads } from '../src/runtime/runtime.ts';
import { initialState } from '../src/train/checkpoint.ts';
import { detectorTask } from '../src/train/detector-task.ts';
import { createTrainer } from '../src/train/trainer.ts';
import { openWeights } from '../src/weights/open-weights.ts';
import { type PictureTruth, trainingCases } from './training-data.ts';

const [name, folder, threads, device] = process.argv.slice(2);
const { config, trainableStages, optimizer } = trainingCases[name];
const samples = await Promise.all(readTruths().map(prepare));
const batch = joinBatch(samples);
const loader: Loader = { batch: async () => batch, close: async () => {} };

const training = trainingConfigSchema.parse({
  batchSize: samples.length,
  accumulate: 1,
  // So small that every step does the same work.
  optimizer: { kind: optimizer, learningRate: 1e-7 },
  emaDecay: null,
  schedule: { kind: 'constant', warmUpSteps: 0 },
  largestLoss: 1e6,
});
const trainer = await createTrainer(initialState(await readWeights()), {
  task: detectorTask({ config, trainableStages, partial: false }),
  training: { ...training, steps: 1000, replicas: 1 },
  checkpoint: 'none',
  runtime: withThreads(await openTrainingRuntime(device as Device), Number(threads)),
});

for await (const line of createInterface({ input: process.stdin })) {
  if (!JSON.parse(line).step) break;
  const start = performance.now();
  const { losses } = await trainer.step(loader);
  reply({ seconds: (performance.now() - start) / 1000, losses });
}
reply({ peakRssBytes: process.resourceUsage().maxRSS * 1024 });

function readTruths(): PictureTruth[] {
  return JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8'));
}

async function prepare({ file, boxes, masks }: PictureTruth): Promise<PreparedSample> {
  const { width, height, data } = await decodePicture(join(folder, file));
  const sample = {
    picture: toPicture({ width, height, data, channels: 3 }),
    boxes: Float32Array.from(boxes.flat()),
    labels: new Int32Array(boxes.length).fill(1),
    masks: masks.map(({ size, counts }) => rleFromCounts(counts, size)),
  };
  return prepareSample(sample, file, config.preprocess, backboneStride);
}

async function readWeights() {
  const file = await openWeights(join(folder, 'weights.safetensors'));
  const entries = file.keys().map(async (key) => {
    const { shape, data } = await file.read(key);
    return [key, float32Tensor(shape, data.slice())] as const;
  });
  const weights = new Map(await Promise.all(entries));
  await file.close();
  return weights;
}

function reply(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
