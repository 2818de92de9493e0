import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Float32Tensor, float32Tensor, type Tensor } from '../../src/core/tensor.ts';
import { SemanticEvaluator } from '../../src/eval/mean-iou.ts';
import { gradientGraph } from '../../src/graph/autodiff/gradient-graph.ts';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { scaleWeightsByBatchNorm, useBatchStatistics } from '../../src/graph/batch-norm.ts';
import { recogniseSemantic } from '../../src/import/recognise/semantic.ts';
import { semanticGraph, semanticTrainingGraph } from '../../src/model/fcn.ts';
import { classMap } from '../../src/ops/class-map.ts';
import { compileGraph } from '../../src/predict/compile.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { shapesOf } from '../../src/weights/weight-file.ts';
import { relativeL2 } from '../support/operation-cases.ts';
import { readWeights } from '../support/read-weights.ts';
import { runGraph } from '../support/run-graph.ts';

// A tiny FCN as torchvision computes it: test/oracle/fcn.py.
const path = (name: string) => fileURLToPath(new URL(`../golden/semantic/${name}`, import.meta.url));
const golden = await readWeights(path('fcn.safetensors'));
const weights = await readWeights(path('fcn.pth'));
afterAll(() => Promise.all([golden.close(), weights.close()]));
const read = (name: string) => golden.read(name) as Promise<Float32Tensor>;
const config = recogniseSemantic('fcn.pth', shapesOf(weights));

it('is recognised by the names of its weights', () => {
  expect(config.backbone).toMatchObject({ name: 'resnet50', width: 2 });
  expect(config.auxiliary).toBe(true);
  expect(config.categories.map(({ name }) => name)).toEqual([
    'background',
    'class_1',
    'class_2',
    'class_3',
    'class_4',
  ]);
});

describe('prediction', async () => {
  const session = await compileGraph(semanticGraph(config), weights, nodeRuntime);
  const { logits } = (await session.run({ image: await read('image') })) as { logits: Float32Tensor };
  await session.release();

  it('has the logits of torchvision', async () => {
    expect(relativeL2(logits, await read('logits'))).toBeLessThan(1e-5);
  });

  it('gives every pixel the class that torchvision gives it', async () => {
    const theirs = await read('classes');
    const ours = classMap(await read('logits'), { width: 72, height: 56 });
    expect(ours.reduce((wrong, value, i) => wrong + Number(value !== theirs.data[i]), 0)).toBe(0);
    expect(new Set(ours).size).toBeGreaterThan(2);
  });
});

it('counts pixels as the confusion matrix of torchvision does', async () => {
  const [predicted, truth] = await Promise.all(['classes', 'otherClasses'].map(read));
  const evaluator = new SemanticEvaluator(5);
  evaluator.add(Uint8Array.from(truth.data), Uint8Array.from(predicted.data));
  const { iou, accuracy, meanIou } = evaluator.result();
  const theirs = [...(await read('iou')).data];
  theirs.forEach((value, i) => {
    if (Number.isNaN(value)) expect(iou[i]).toBeNaN();
    else expect(iou[i]).toBeCloseTo(value, 6);
  });
  expect(accuracy).toBeCloseTo((await read('accuracy')).data[0], 6);
  const occurring = theirs.filter((value) => !Number.isNaN(value));
  expect(meanIou).toBeCloseTo(occurring.reduce((a, b) => a + b) / occurring.length, 6);
});

it('has the losses of torchvision, and its gradients of every parameter', async () => {
  const parameters = golden.keys().flatMap((key) => /^grad\((.+)\)$/.exec(key)?.[1] ?? []);
  const graph = scaleWeightsByBatchNorm(useBatchStatistics(semanticTrainingGraph(config), () => true));
  const losses = ['loss_semantic', 'loss_auxiliary'];
  const feeds: Record<string, Tensor> = {};
  for (const { name } of graph.weights) feeds[name] = await weights.read(name);
  const truth = (await read('truth')).data;
  const pixels = 48 * 64;
  const places = [...truth.keys()]
    .filter((i) => truth[i] !== 255)
    .map((i) => (Math.floor(i / pixels) * 5 + truth[i]) * pixels + (i % pixels));
  const made = await runGraph(gradientGraph(graph, { losses, wrt: parameters }), {
    ...feeds,
    image: await read('batch'),
    pixels: { dtype: 'int64', shape: [places.length], data: BigInt64Array.from(places, BigInt) },
    pixel_weights: float32Tensor([places.length, 1], new Float32Array(places.length).fill(1 / places.length)),
  });
  for (const [ours, theirs] of [
    ['loss_semantic', 'loss_out'],
    ['loss_auxiliary', 'loss_aux'],
  ]) {
    expect(Number(made[ours].data[0]) / (await read(theirs)).data[0], ours).toBeCloseTo(1, 5);
  }
  expect(parameters.length).toBeGreaterThan(160);
  for (const name of parameters) {
    const [noise] = (await read(`noise(${name})`)).data;
    // Twenty times what torch's own rounding moves.
    const tolerance = 20 * noise + 1e-5;
    expect(tolerance, name).toBeLessThan(5e-3);
    expect(relativeL2(made[gradientName(name)], await read(`grad(${name})`)), name).toBeLessThan(tolerance);
  }
});
