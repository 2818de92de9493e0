import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseModelConfig } from '../../src/config/parse.ts';
import { type Float32Tensor, float32Tensor, sizeOf } from '../../src/core/tensor.ts';
import { joinBatch, prepareSample } from '../../src/data/load/batch.ts';
import { withMasks } from '../../src/data/sample/sample.ts';
import { backboneStride } from '../../src/model/backbone.ts';
import { expectedWeights } from '../../src/model/inference-graphs.ts';
import { trainableWeights } from '../../src/model/trainable.ts';
import { maskTargets } from '../../src/ops/mask-targets.ts';
import { encodeBitmap } from '../../src/ops/rle/bitmap.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { compileNetwork } from '../../src/train/network.ts';
import { sgd } from '../../src/train/sgd.ts';
import { runStep } from '../../src/train/step.ts';
import { firstOfEach, goldenTensors } from '../support/golden-train.ts';
import { largestDifference } from '../support/largest-difference.ts';
import { readWeights } from '../support/read-weights.ts';

// A tiny Mask R-CNN, its losses and gradients as torchvision computes them: see test/oracle/losses.py.
const inference = (name: string) => fileURLToPath(new URL(`../golden/inference/${name}`, import.meta.url));
const golden = await goldenTensors('losses.safetensors');
const manifest = JSON.parse(readFileSync(inference('manifest.json'), 'utf8'));
const config = parseModelConfig('mask-v1', manifest.models['mask-v1'].config);
const steps = 20;

const batch = joinBatch(await makeSamples());
const weights = await startWeights();
const trainable = trainableWeights(weights.keys(), config, 3);
const network = await compileNetwork(config, weights, { runtime: nodeRuntime, trainable });
afterAll(() => network.release());

const names = ['loss_objectness', 'loss_rpn_box_reg', 'loss_classifier', 'loss_box_reg', 'loss_mask'];

describe('a training step', async () => {
  const { losses, gradients } = await runStep(network, batch, { config, trainable, random: firstOfEach });

  it.each(names)('has the %s of torchvision within 1e-4', async (name) => {
    const [theirs] = await golden(name);
    expect(Math.abs(losses[name] / theirs - 1)).toBeLessThan(1e-4);
  });

  it.each([...trainable])('has the gradient of %s within 1e-3', async (name) => {
    const theirs = await golden(`grad(${name})`);
    const ours = gradients.get(name) as Float32Array;
    const norm = (values: Float32Array) => Math.hypot(...values);
    // No RoI is of this level's size where theirs is 0; then ours must be 0 as well.
    expect(norm(ours.map((value, i) => value - theirs[i]))).toBeLessThanOrEqual(1e-3 * norm(theirs));
  });
});

describe('a batch that is known to be of one picture', async () => {
  const [single] = await makeSamples();
  const alone = joinBatch([single]);
  const context = { config, trainable };
  const general = await runStep(network, alone, { ...context, random: firstOfEach });
  const options = { runtime: nodeRuntime, trainable, batchSize: 1 };
  const special = await compileNetwork(config, weights, options);
  const result = await runStep(special, alone, { ...context, random: firstOfEach });
  await special.release();

  it('has the losses and gradients of a batch of any size', () => {
    for (const name of names) expect(result.losses[name] / general.losses[name]).toBeCloseTo(1, 5);
    for (const [name, gradient] of general.gradients) {
      const ours = result.gradients.get(name) as Float32Array;
      const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largestDifference(ours, gradient), name).toBeLessThanOrEqual(1e-4 * largest);
    }
  });
});

describe('a batch whose pictures do not annotate every category', async () => {
  const partial = true;
  const options = { runtime: nodeRuntime, trainable, partial };
  const partialNetwork = await compileNetwork(config, weights, options);
  const lossesOf = (unknown: number[] | undefined) => {
    const truths = batch.truths.map((truth) => ({ ...truth, ...(unknown ? { unknown } : {}) }));
    const context = { config, trainable, partial, random: firstOfEach };
    return runStep(partialNetwork, { ...batch, truths }, context);
  };
  const whole = await runStep(network, batch, { config, trainable, random: firstOfEach });
  const covered = await lossesOf(undefined);
  const everyClass = config.categories.map((_, i) => i + 1);
  const nothingKnown = await lossesOf(everyClass);
  await partialNetwork.release();

  it('has the same losses and gradients if every category is covered after all', () => {
    expect(covered.losses).toEqual(whole.losses);
    for (const [name, gradient] of whole.gradients)
      expect(covered.gradients.get(name), name).toEqual(gradient);
  });

  it('classifies only RoIs with an object if every category is unknown', () => {
    // Background or any class: the likelihood is 1.
    expect(nothingKnown.losses.loss_classifier).toBeLessThan(whole.losses.loss_classifier);
    expect(nothingKnown.losses.loss_box_reg).toBe(whole.losses.loss_box_reg);
  });
});

describe('objects without a mask', async () => {
  const predictor = 'roi_heads.mask_predictor.mask_fcn_logits';
  // Without weights, every pixel of a mask of class k has the logit bias[k], whatever the picture shows.
  const constant = new Map(weights);
  const shape = weights.get(`${predictor}.weight`)!.shape;
  const bias = Float32Array.from({ length: shape[0] }, (_, k) => 0.3 * k - 0.5);
  constant.set(`${predictor}.weight`, float32Tensor(shape, new Float32Array(sizeOf(shape))));
  constant.set(`${predictor}.bias`, float32Tensor([shape[0]], bias));
  const options = { runtime: nodeRuntime, trainable };
  const constantNetwork = await compileNetwork(config, constant, options);
  // The only RoIs are the true boxes.
  const training = { ...config.rpn.training, postNmsTopN: 0 };
  const context = { config: { ...config, rpn: { ...config.rpn, training } }, trainable, random: firstOfEach };
  const hasMask = batch.truths.map(({ labels }) => Array.from(labels, (_, i) => i > 0));
  const withMask = (keep: (n: number) => boolean[] | undefined) => ({
    ...batch,
    truths: batch.truths.map((truth, n) => ({ ...truth, hasMask: keep(n) })) as typeof batch.truths,
  });
  const all = await runStep(constantNetwork, batch, context);
  const some = await runStep(
    constantNetwork,
    withMask((n) => hasMask[n]),
    context,
  );
  const none = await runStep(
    constantNetwork,
    withMask((n) => hasMask[n].map(() => false)),
    context,
  );
  await constantNetwork.release();

  /** The mean binary cross-entropy of the objects chosen: softplus(b) − b · t for logits b and the mean target t. */
  const meanLoss = (isChosen: (n: number, i: number) => boolean) => {
    const ofObjects = batch.truths.flatMap(({ boxes, labels, masks }, n) =>
      Array.from(labels, (label, i) => {
        if (!isChosen(n, i)) return [];
        const target = maskTargets(masks, boxes.subarray(4 * i, 4 * i + 4), [i], 28);
        const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
        const logit = bias[label];
        return [Math.log1p(Math.exp(logit)) - logit * mean];
      }).flat(),
    );
    return ofObjects.reduce((sum, loss) => sum + loss, 0) / ofObjects.length;
  };

  it('do not take part in the mask loss', () => {
    expect(all.losses.loss_mask / meanLoss(() => true)).toBeCloseTo(1, 5);
    expect(some.losses.loss_mask / meanLoss((n, i) => hasMask[n][i])).toBeCloseTo(1, 5);
    expect(Math.abs(some.losses.loss_mask / all.losses.loss_mask - 1)).toBeGreaterThan(0.01);
    expect(none.losses.loss_mask).toBe(0);
    const gradient = none.gradients.get(`${predictor}.bias`) as Float32Array;
    expect(gradient.every((value) => value === 0)).toBe(true);
  });

  it('take part in all other losses', () => {
    for (const name of names.filter((name) => name !== 'loss_mask')) {
      expect(none.losses[name], name).toBe(all.losses[name]);
    }
  });
});

// Further on, rounding decides: start weights that differ by 6e-8 change the losses of step 30 by up to 13 %.
describe('20 training steps', async () => {
  const curves = new Map<string, number[]>(names.map((name) => [name, []]));
  const parameters = [...trainable].map((name) => ({
    name,
    data: (weights.get(name) as Float32Tensor).data,
    weightDecay: 1e-4,
  }));
  const optimizer = sgd({ momentum: 0.9 });
  // All anchors and no proposals but the true boxes, as in the oracle, so that nothing hangs on a threshold.
  const sampled = {
    ...config,
    rpn: { ...config.rpn, training: { ...config.rpn.training, batchSizePerImage: 100_000, postNmsTopN: 0 } },
  };
  for (let step = 0; step < steps; step++) {
    const result = await runStep(network, batch, { config: sampled, trainable, random: firstOfEach });
    for (const [name, curve] of curves) curve.push(result.losses[name]);
    optimizer.step(parameters, result.gradients, { learningRate: 1e-6 });
  }

  it.each(names)('keep %s within 1e-3 of torchvision', async (name) => {
    const theirs = await golden(`curve.${name}`);
    expect(theirs.length).toBe(steps);
    curves.get(name)?.forEach((loss, step) => {
      expect(Math.abs(loss / theirs[step] - 1), `step ${step}`).toBeLessThan(1e-3);
    });
  });
});

async function makeSamples() {
  const pictures = await readWeights(inference('pictures.safetensors'));
  const samples = ['enlarged', 'shrunk'].map(async (name) => {
    const pixels = await pictures.read(name);
    const [height, width] = pixels.shape;
    const labels = await golden(`${name}.labels`);
    const bitmaps = Uint8Array.from(await golden(`${name}.masks`));
    const area = width * height;
    const masks = Array.from(labels, (_, i) =>
      encodeBitmap(bitmaps.subarray(i * area, (i + 1) * area), [height, width]),
    );
    const sample = withMasks({ width, height, data: Uint8Array.from(pixels.data) }, masks, labels);
    expect(sample.boxes).toEqual(await golden(`${name}.boxes`));
    return prepareSample(sample, name, config.preprocess, backboneStride);
  });
  return Promise.all(samples);
}

async function startWeights(): Promise<Map<string, Float32Tensor>> {
  const file = await readWeights(inference('mask-v1.pth'));
  const read = new Map<string, Float32Tensor>();
  for (const name of expectedWeights(config).keys()) {
    const { dtype, shape, data } = await file.read(name);
    read.set(name, { dtype, shape, data: data.slice() });
  }
  return read;
}
