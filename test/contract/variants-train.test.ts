import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../../src/config/architectures.ts';
import { applyOverrides } from '../../src/config/overrides.ts';
import { presetConfig } from '../../src/config/presets.ts';
import { seededRandom } from '../../src/core/random.ts';
import { joinBatch, prepareSample } from '../../src/data/load/batch.ts';
import { withMasks } from '../../src/data/sample/sample.ts';
import { backboneStride } from '../../src/model/backbone.ts';
import { expectedWeights } from '../../src/model/inference-graphs.ts';
import { trainableWeights } from '../../src/model/trainable.ts';
import { encodeBitmap } from '../../src/ops/rle/bitmap.ts';
import { compileModel } from '../../src/predict/compile.ts';
import { runPipeline } from '../../src/predict/pipeline.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { initialWeights } from '../../src/train/initial-weights.ts';
import { compileNetwork } from '../../src/train/network.ts';
import { sgd } from '../../src/train/sgd.ts';
import { runStep } from '../../src/train/step.ts';
import { memoryWeights } from '../../src/weights/weight-file.ts';

// Two squares on a dark ground, a tiny ResNet-18, and a few steps: the sum of the losses has to fall, and the weights
// have to predict afterwards.
const side = 64;
const options = { runtime: nodeRuntime, session: { threads: 1 } };
const small = {
  preprocess: { minSize: side, maxSize: side },
  backbone: { width: 4, norm: { kind: 'batchNorm' } },
  fpn: { channels: 12 },
  categories: [
    { id: 1, name: 'red' },
    { id: 2, name: 'blue' },
  ],
};
const sampling = {
  rpn: { training: { batchSizePerImage: 64, postNmsTopN: 16 }, postNmsTopN: 10 },
  box: { training: { batchSizePerImage: 12 }, scoreThreshold: 0 },
};
const pyramidHeads = {
  box: { head: { fullyConnected: [32] } },
  mask: { convolutions: [12], deconvolution: 8, fullyConnected: [24, 24] },
};
const softmax = { mask: { output: 'softmax' } };
const resolution = (bins: number) => ({
  box: { head: { pool: { resolution: bins } } },
  mask: { pool: { resolution: bins } },
});
const pooled = (kind: string, mode = 'avg') => ({
  box: { head: { pool: { kind, mode } } },
  mask: { pool: { kind, mode } },
});

const variants: [string, string, object[]][] = [
  ['structure C4', 'c4', [{ mask: { deconvolution: 8 } }]],
  [
    'C4 with RoIPool and softmax',
    'c4',
    [pooled('roiPool'), { mask: { deconvolution: 8, output: 'softmax' } }],
  ],
  ['structure C5', 'c5', [pyramidHeads]],
  ['structure DC5, class-agnostic', 'dc5', [pyramidHeads, { mask: { output: 'classAgnostic' } }]],
  // Of 3 × 3 bins, since RoIs with fewer pixels than bins are dropped whole.
  ["the article's RoIPool", 'fpn', [pyramidHeads, pooled('roiPoolFloor'), resolution(3)]],
  ['RoIWarp, masks by an MLP', 'fpn', [pyramidHeads, pooled('roiWarp'), { mask: { head: 'mlp' } }]],
  ['RoIAlign with maxima, softmax', 'fpn', [pyramidHeads, pooled('roiAlign', 'max'), softmax]],
];

describe.each(variants)('%s', (_, structure, overrides) => {
  const preset = presetConfig(architectureNamed(`maskrcnn_resnet18_${structure}`));
  const config = [small, sampling, ...overrides].reduce<typeof preset>(
    (base, over) => applyOverrides('variant', base, over),
    preset,
  );

  it('learns and predicts', { timeout: 120_000 }, async () => {
    const weights = initialWeights(expectedWeights(config), seededRandom(1));
    const trainable = trainableWeights(weights.keys(), config, 5);
    const network = await compileNetwork(config, weights, { ...options, trainable, batchSize: 1 });
    const parameters = [...trainable].map((name) => ({
      name,
      data: weights.get(name)!.data,
      weightDecay: 0,
    }));
    const optimizer = sgd({ momentum: 0.9 });
    const totals: number[] = [];
    for (let step = 0; step < 10; step++) {
      const random = seededRandom(step);
      const { losses, gradients, statistics } = await runStep(network, batch, { config, trainable, random });
      expect(Object.keys(losses)).toHaveLength(5);
      totals.push(Object.values(losses).reduce((sum, loss) => sum + loss, 0));
      optimizer.step(parameters, gradients, { learningRate: 0.005 });
      // Of the last step, so that prediction normalises as training did.
      for (const [name, now] of statistics) weights.get(name)!.data.set(now);
    }
    await network.release();
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    expect(mean(totals.slice(-3))).toBeLessThan(0.8 * mean(totals.slice(0, 3)));

    const sessions = await compileModel(
      config,
      memoryWeights('trained', weights),
      nodeRuntime,
      options.session,
    );
    const { instances, masks } = await runPipeline(picture, config, sessions);
    await Promise.all(
      [sessions.proposals, sessions.boxes, sessions.masks].map((session) => session?.release()),
    );
    expect(instances.scores.length).toBeGreaterThan(0);
    expect(masks?.shape[0]).toBe(instances.scores.length);
    expect(masks?.data.every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});

const squares = [
  { x: 6, y: 4, size: 26, label: 1 },
  { x: 34, y: 30, size: 24, label: 2 },
];
const picture = { width: side, height: side, data: new Uint8Array(side * side * 3).fill(20) };
const bitmaps = squares.map(({ x, y, size, label }) => {
  const bitmap = new Uint8Array(side * side);
  for (let row = y; row < y + size; row++) {
    bitmap.fill(1, row * side + x, row * side + x + size);
    for (let column = x; column < x + size; column++) {
      picture.data[3 * (row * side + column) + (label === 1 ? 0 : 2)] = 230;
    }
  }
  return encodeBitmap(bitmap, [side, side]);
});
const labels = squares.map(({ label }) => label);
const sample = withMasks(picture, bitmaps, labels);
const batch = joinBatch([
  prepareSample(
    sample,
    'squares',
    {
      ...presetConfig(architectureNamed('maskrcnn_resnet18_fpn')).preprocess,
      ...small.preprocess,
    },
    backboneStride,
  ),
]);
