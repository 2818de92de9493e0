import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { classCount, type ModelConfig } from '../../src/config/schema.ts';
import { float32Tensor, sizeOf, type Tensor } from '../../src/core/tensor.ts';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { vjp } from '../../src/graph/autodiff/vjp.ts';
import { scaleWeightsByBatchNorm } from '../../src/graph/batch-norm.ts';
import { preparePicture } from '../../src/image/transform.ts';
import { fromDetectron2 } from '../../src/import/detectron2/weights.ts';
import { importWeights } from '../../src/import/import-weights.ts';
import { backboneStride } from '../../src/model/backbone.ts';
import { roiInputNames } from '../../src/model/roi-features.ts';
import { levelsOf } from '../../src/model/structure.ts';
import { rpnTargetNames, trainingStepGraph } from '../../src/model/training-graphs.ts';
import { compileModel } from '../../src/predict/compile.ts';
import { classifyBoxes, extractFeatures } from '../../src/predict/graph-stages.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import { largestDifference } from '../support/largest-difference.ts';
import { relativeL2 } from '../support/operation-cases.ts';
import { runGraph } from '../support/run-graph.ts';
import { oracleRuns, runStages } from '../support/stages.ts';

// Tiny models of Detectron2's three structures in its own file format, and what torch computes with them: see
// test/oracle/detectron2_golden.py.
const golden = (name: string) => fileURLToPath(new URL(`../golden/detectron2/${name}`, import.meta.url));

interface GoldenModel {
  float64Difference: Record<string, number>;
  pixelsNearThreshold: number;
  losses?: Record<string, number>;
  gradientNoise?: Record<string, number>;
}

const { models } = JSON.parse(readFileSync(golden('manifest.json'), 'utf8')) as {
  models: Record<string, GoldenModel>;
};
const pictures = await openWeights(golden('picture.safetensors'));
const picture = await pictures.read('picture');
await pictures.close();
const [height, width] = picture.shape;

/** What the files do not tell: small anchors and limits, and of how many channels a group is. */
const settings: Record<string, string> = { fpn: 'pyramid.json', 'fpn-gn': 'pyramid-gn.json' };

/** The model as imported. */
function open(name: string) {
  const configFile = golden(settings[name] ?? 'single-level.json');
  return importWeights({ path: golden(`${name}.pkl`), configFile });
}

describe.each(Object.entries(models))('Detectron2 %s', async (model, entry) => {
  const { config, weights } = await open(model);
  afterAll(() => weights.close());
  const sessions = await compileModel(config, weights, nodeRuntime, { threads: 1 });
  const oracle = await openWeights(golden(`${model}.safetensors`));
  afterAll(() => oracle.close());
  const { stages, masks } = await runStages(
    { height, width, data: Uint8Array.from(picture.data) },
    config,
    sessions,
  );

  it('is recognised with its conventions', () => {
    const hasGroupNorm = model === 'fpn-gn';
    expect(config.structure).toBe(model.replace('-gn', ''));
    expect(config.backbone).toMatchObject({ name: 'resnet50', width: 2, strideIn1x1: !hasGroupNorm });
    expect(config.backbone.norm.kind).toBe(hasGroupNorm ? 'groupNorm' : 'frozenBatchNorm');
    expect(config.box.head.pool).toMatchObject({ aligned: true, samplingRatio: 0 });
    expect(config.mask).toMatchObject({ paste: 'exactBox' });
    expect(config.rpn.anchors.placement).toBe('exact');
  });

  it.each([...stages.keys()].filter((name) => name !== 'resizedSize'))('computes %s alike', async (name) => {
    const stored = name === 'box.probabilities' ? 'box.probabilities.ours' : name;
    const sampled = oracle.keys().find((key) => key.startsWith(`${stored}.every`));
    const step = sampled ? Number(sampled.split('.every')[1]) : 1;
    const theirs = (await oracle.read(sampled ?? stored)).data;
    // The picture is in 0…255 there and comes to ours through 0…1: rounding moves it by some 1e-5.
    const noise = 10 * (entry.float64Difference[stored] ?? 0) + (name === 'input' ? 5e-5 : 2e-6);
    expect(largestDifference(stages.get(name)!, theirs, step)).toBeLessThan(noise);
  });

  it('classifies RoIs alike in one run and in several', async () => {
    const input = preparePicture(
      { height, width, data: Uint8Array.from(picture.data) },
      config.preprocess,
      backboneStride,
    );
    const levels = levelsOf(config);
    const { pyramid } = await extractFeatures(sessions.proposals, input.tensor, levels);
    const proposals = stages.get('proposals')!;
    const classify = (roisAtOnce: number) =>
      classifyBoxes(sessions.boxes, { pyramid, levels: { ...levels, roisAtOnce } }, proposals);
    const [whole, parts] = [await classify(1000), await classify(7)];
    expect(parts.scores.shape).toEqual(whole.scores.shape);
    expect(parts.deltas.shape).toEqual(whole.deltas.shape);
    expect(largestDifference(parts.scores.data, whole.scores.data)).toBeLessThan(1e-6);
    expect(largestDifference(parts.deltas.data, whole.deltas.data)).toBeLessThan(1e-5);
  });

  it('pastes the same masks', async () => {
    const runs = await oracleRuns(oracle);
    expect(masks.length).toBe(runs.length);
    let different = 0;
    masks.forEach((mask, i) => {
      const [ours, theirs] = [paint(mask.counts), paint(runs[i])];
      ours.forEach((value, pixel) => {
        different += Math.abs(value - theirs[pixel]);
      });
    });
    expect(different).toBeLessThanOrEqual(entry.pixelsNearThreshold);
  });
});

const trained = Object.entries(models).filter(([, { losses }]) => losses);

describe.each(trained)('training structure %s', async (model, entry) => {
  const { config, weights } = await open(model);
  const expected = fromDetectron2(await openWeights(golden(`${model}.gradients.pkl`)))!;
  const noise = noiseByOurNames(entry.gradientNoise!, expected.keys());
  afterAll(() => expected.close());
  const parameters = expected.keys();
  const { step, targets } = trainingStepGraph(config);
  const losses = [...step.outputs.keys()].filter((name) => name.startsWith('loss_'));
  const halves = vjp(scaleWeightsByBatchNorm(step), { outputs: [], losses, late: targets, wrt: parameters });
  const values: Record<string, Tensor> = {};
  for (const key of weights.keys()) values[key] = await weights.read(key);
  await weights.close();

  const wavy = wave([2, 3, height, width], 0.29);
  const image = float32Tensor(
    wavy.shape,
    wavy.data.map((value) => 40 * value),
  );
  // The oracle's 40 · wave is less the mean already, in the unit of 0…255, as the network's input is.
  const forward = await runGraph(halves.forward, { ...values, image });
  const late = { ...headInputs(config), ...rpnTargets(forward, config) };
  const outputs = await runGraph(halves.backward, { ...values, ...forward, ...late, image });

  it.each(losses)('has the %s of torch', (name) => {
    expect(Math.abs(Number(outputs[name].data[0]) / entry.losses![name] - 1)).toBeLessThan(1e-5);
  });

  it.each(parameters)('has the gradient of %s', async (name) => {
    const theirs = await expected.read(name);
    const tolerance = 20 * noise(name) + 1e-5;
    expect(tolerance).toBeLessThan(1e-3);
    const ours = outputs[gradientName(name)];
    expect(ours.shape).toEqual(theirs.shape);
    // A block whose units are all off has no gradient in either.
    const largest = theirs.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) expect(ours.data.every((value) => value === 0)).toBe(true);
    else expect(relativeL2(ours, theirs)).toBeLessThan(tolerance);
  });
});

/** The same file order gives their names to ours. */
function noiseByOurNames(byTheirs: Record<string, number>, ours: string[]): (name: string) => number {
  const values = Object.values(byTheirs);
  return (name) => values[ours.indexOf(name)];
}

const rois = [
  [3, 5, 40, 31, 0],
  [10, 8, 44, 40, 0],
  [60, 50, 90, 88, 1],
  [-6, 20, 70, 80, 1],
  [30, 10, 100, 70, 0],
  [0, 0, 127, 95, 1],
];
const labels = [1, 0, 3, 2, 0, 4];
const positives = [0, 2, 3, 5];

function headInputs(config: ModelConfig): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  const [{ name }] = levelsOf(config).roi;
  const pool = (prefix: string, chosen: number[][]) => {
    const names = roiInputNames(name, prefix);
    inputs[names.boxes] = float32Tensor(
      [chosen.length, 4],
      Float32Array.from(chosen.flatMap((roi) => roi.slice(0, 4))),
    );
    inputs[names.batchIndex] = integers(chosen.map((roi) => roi[4]));
  };
  pool('', rois);
  pool(
    'mask_',
    positives.map((row) => rois[row]),
  );
  const classes = classCount(config);
  const side = config.structure === 'c4' ? 14 : 28;
  inputs.labels = integers(labels);
  inputs.box_rows = integers(positives.map((row) => row * classes + labels[row]));
  inputs.box_targets = wave([positives.length, 4], 0.9);
  inputs.box_weights = float32Tensor([4, 4], new Float32Array(16).fill(1 / labels.length));
  inputs.mask_rows = integers(positives);
  inputs.mask_labels = integers(positives.map((row) => labels[row]));
  inputs.mask_targets = positive(wave([4, side, side], 0.21));
  inputs.mask_weights = float32Tensor([4, 1, 1], new Float32Array(4).fill(1 / (4 * side * side)));
  return inputs;
}

/** Every anchor takes part; a wave's sign is the objectness target, and only positives have box losses. */
function rpnTargets(outputs: Record<string, Tensor>, config: ModelConfig): Record<string, Tensor> {
  const levels = levelsOf(config).rpn;
  const total = levels.reduce((sum, { name }) => sum + outputs[`objectness_${name}`].data.length, 0);
  const inputs: Record<string, Tensor> = {};
  levels.forEach(({ name }, level) => {
    const names = rpnTargetNames(name);
    const shape = outputs[`objectness_${name}`].shape;
    const deltas = outputs[`deltas_${name}`].shape;
    const target = positive(wave(shape, 0.7 + level));
    inputs[names.objectness] = target;
    inputs[names.objectnessWeights] = float32Tensor(shape, new Float32Array(sizeOf(shape)).fill(1 / total));
    inputs[names.deltas] = wave(deltas, 0.3 + level);
    const plane = shape[2] * shape[3];
    const weights = Float32Array.from({ length: sizeOf(deltas) }, (_, i) => {
      const anchor = Math.floor(i / (4 * plane));
      return target.data[anchor * plane + (i % plane)] / total;
    });
    inputs[names.deltasWeights] = float32Tensor(deltas, weights);
  });
  return inputs;
}

function wave(shape: readonly number[], frequency: number) {
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * frequency));
  return float32Tensor(shape, values);
}

function positive({ shape, data }: { shape: readonly number[]; data: Float32Array }) {
  return float32Tensor(
    shape,
    data.map((value) => (value > 0 ? 1 : 0)),
  );
}

function integers(values: readonly number[]): Tensor {
  return { dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}

function paint(counts: Iterable<number>): Uint8Array {
  const pixels = new Uint8Array(height * width);
  let position = 0;
  let value = 0;
  for (const count of counts) {
    pixels.fill(value, position, position + count);
    position += count;
    value = 1 - value;
  }
  return pixels;
}
