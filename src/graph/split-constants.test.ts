import { expect, it } from 'vitest';
import { float32Tensor, type Tensor } from '../core/tensor.ts';
import { nodeRuntime } from '../runtime/node.ts';
import type { Tensors } from '../runtime/runtime.ts';
import { GraphBuilder } from './builder.ts';
import type { Graph } from './graph.ts';
import { emitOnnx, type Weights } from './onnx/emit.ts';
import { splitConstants } from './split-constants.ts';
import { verifyGraph } from './verify.ts';

const weights: Weights = new Map<string, Tensor>([
  ['weight', float32Tensor([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))],
  ['scale', float32Tensor([3], Float32Array.of(2, 3, 5))],
  ['trained', float32Tensor([3], Float32Array.of(7, 8, 9))],
]);
const x = float32Tensor([1, 3], Float32Array.of(1, -1, 2));

async function run(graph: Graph, tensors: Weights, inputs: Tensors) {
  verifyGraph(graph);
  const session = await nodeRuntime.createSession(emitOnnx(graph, tensors), { threads: 1 });
  const outputs = await session.run(inputs);
  await session.release();
  return outputs;
}

/** (x · (weight · scale²)ᵀ) + sum of trained · scale; shows scale² too. */
function example(): Graph {
  const g = new GraphBuilder('example');
  const scale = g.weight('scale', [3]);
  const squared = g.mul(scale, scale);
  const scaled = g.mul(g.weight('weight', [2, 3]), g.reshape(squared, [1, 3]));
  const sum = g.reduceSum(g.mul(g.weight('trained', [3]), scale), [0]);
  const y = g.add(g.matmul(g.input('x', [1, 3]), scaled, { transposeB: true }), g.reshape(sum, [1, 1]));
  return g.build({ y, shown: g.affine(squared, 1) });
}

it('computes what constants determine once, with the same results', async () => {
  const graph = example();
  const { constant, rest } = splitConstants(graph, (name) => name !== 'trained');
  expect(constant.inputs).toEqual([]);
  expect(constant.weights.map(({ name }) => name)).not.toContain('trained');
  // The product that x is multiplied by, and the square that an output is made from.
  expect(constant.outputs.size).toBe(2);
  expect(rest.nodes.length).toBeLessThan(graph.nodes.length);
  const folded = new Map([...weights, ...Object.entries(await run(constant, weights, {}))]);
  expect(await run(rest, folded, { x })).toEqual(await run(graph, weights, { x }));
});

it('leaves a graph without constants as it is', () => {
  const graph = example();
  const { constant, rest } = splitConstants(graph, () => false);
  expect(constant.outputs.size).toBe(0);
  expect(rest.nodes).toEqual(graph.nodes);
});
