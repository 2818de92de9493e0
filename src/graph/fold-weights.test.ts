import { expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { float32Tensor, type Tensor } from '../core/tensor.ts';
import { nodeRuntime } from '../runtime/node.ts';
import { GraphBuilder } from './builder.ts';
import { foldWeights } from './fold-weights.ts';
import type { Graph } from './graph.ts';
import { emitOnnx, type Weights } from './onnx/emit.ts';
import { quantizableLayers, quantizeGraph } from './quantize.ts';
import { verifyGraph } from './verify.ts';

const [channels, out] = [3, 2];
const random = seededRandom(1);
const values = (...shape: number[]) =>
  float32Tensor(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform() - 0.5),
  );
const weights: Weights = new Map<string, Tensor>([
  ['w', values(channels, out, 2, 2)],
  ['b', values(out)],
]);
const x = values(2, channels, 4, 5);

/** A 2×2 deconvolution with stride 2, from its weight in torch's layout. */
function deconvolution(): Graph {
  const g = new GraphBuilder('deconvolution');
  const input = g.input('x', x.shape);
  const [weight, bias] = [g.weight('w', [channels, out, 2, 2]), g.weight('b', [out])];
  const geometry = { stride: 2, padding: 0, groups: 1, outputPadding: [0, 0] } as const;
  return g.build({ y: g.apply('convTranspose', [input, weight, bias], geometry) });
}

/** The same as a 1×1 convolution to four times the channels, whose pixels are rearranged. */
function pointwise(): Graph {
  const g = new GraphBuilder('pointwise');
  const input = g.input('x', x.shape);
  const weight = g.transpose(g.weight('w', [channels, out, 2, 2]), [1, 2, 3, 0]);
  const bias = g.apply('expand', [g.reshape(g.weight('b', [out]), [out, 1])], { shape: [out, 4] });
  const kernels = g.reshape(weight, [4 * out, channels, 1, 1]);
  const blocks = g.conv(input, kernels, g.reshape(bias, [4 * out]), { stride: 1, padding: 0, groups: 1 });
  const raster = g.transpose(g.reshape(blocks, [2, out, 2, 2, 4, 5]), [0, 1, 4, 2, 5, 3]);
  return g.build({ y: g.reshape(raster, [2, out, 8, 10]) });
}

async function run(graph: Graph, tensors: Weights): Promise<Float32Array> {
  verifyGraph(graph);
  const session = await nodeRuntime.createSession(emitOnnx(graph, tensors), { threads: 1 });
  const { y } = await session.run({ x });
  await session.release();
  return y.data as Float32Array;
}

test('a rearranged weight becomes a weight of the same name, and its layer one that can be quantised', async () => {
  const before = pointwise();
  expect(quantizableLayers(before)).toEqual([]);
  const { graph, weights: folded } = foldWeights(before, weights);
  expect(graph.nodes.map(({ op }) => op)).toEqual(['conv', 'reshape', 'transpose', 'reshape']);
  expect(graph.weights.map(({ name, shape }) => [name, shape])).toEqual([
    ['w', [4 * out, channels, 1, 1]],
    ['b', [4 * out]],
  ]);
  expect(quantizableLayers(graph).map(({ weight }) => weight)).toEqual(['w']);

  const found = await run(graph, folded);
  (await run(deconvolution(), weights)).forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 6);
  });
  expect(weights.get('w')!.shape).toEqual([channels, out, 2, 2]);
});

test('its layer then computes with whole numbers', async () => {
  const folded = foldWeights(pointwise(), weights);
  const scales = { input: { scale: 1 / 255, zeroPoint: 128 }, output: { scale: 1 / 128, zeroPoint: 128 } };
  const { graph, weights: tensors } = quantizeGraph(folded.graph, folded.weights, new Map([['w', scales]]));
  const [expected, found] = [await run(deconvolution(), weights), await run(graph, tensors)];
  found.forEach((value, i) => {
    expect(Number.isInteger(value * 128)).toBe(true);
    expect(Math.abs(value - expected[i])).toBeLessThan(0.015);
  });
});

test('a weight that is also used as it is, or is an output, stays', () => {
  const g = new GraphBuilder('twice');
  const [input, b] = [g.input('x', [out]), g.weight('b', [out])];
  const column = g.reshape(b, [out, 1]);
  const graph = g.build({ sum: g.add(input, b), product: g.mul(column, g.reshape(input, [out, 1])) });
  expect(foldWeights(graph, weights)).toEqual({ graph, weights });

  const shown = new GraphBuilder('shown');
  const row = shown.reshape(shown.weight('b', [out]), [1, out]);
  const outputs = shown.build({ row, twice: shown.add(row, row) });
  expect(foldWeights(outputs, weights)).toEqual({ graph: outputs, weights });
});
