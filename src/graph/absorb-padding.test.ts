import { expect, it } from 'vitest';
import { runGraph } from '../../test/support/run-graph.ts';
import { seededRandom } from '../core/random.ts';
import { float32Tensor } from '../core/tensor.ts';
import { absorbPadding } from './absorb-padding.ts';
import { GraphBuilder } from './builder.ts';
import { symbol } from './dim.ts';

const random = seededRandom(4);
const normal = (...shape: number[]) =>
  float32Tensor(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
  );

it.each([
  { before: [0, 0, 0, 0], after: [0, 0, 1, 1], remaining: ['conv'] },
  { before: [0, 0, 1, 1], after: [0, 0, 2, 2], remaining: ['conv'] },
  { before: [0, 0, 1, 1], after: [0, 0, 0, 0], remaining: ['pad', 'conv'] },
  { before: [0, 0, 1, 0], after: [0, 0, 1, 1], remaining: ['pad', 'conv'] },
  { before: [0, 0, -1, -1], after: [0, 0, 1, 1], remaining: ['pad', 'conv'] },
  { before: [0, 0, 0, 0], after: [0, 1, 1, 1], remaining: ['pad', 'conv'] },
])('a convolution pads by $before and $after itself, where it can', async ({ before, after, remaining }) => {
  const g = new GraphBuilder('padded');
  const channels = 2 + after[1];
  const padded = g.apply('pad', [g.input('x', [1, 2, symbol('h', 8), symbol('w', 8)])], { before, after });
  const y = g.conv(padded, g.weight('weight', [3, channels, 3, 3]), null, { stride: 2 });
  const graph = g.build({ y });
  const absorbed = absorbPadding(graph);
  expect(absorbed.nodes.map(({ op }) => op)).toEqual(remaining);
  const tensors = { x: normal(1, 2, 8, 16), weight: normal(3, channels, 3, 3) };
  const [expected, found] = [await runGraph(graph, tensors), await runGraph(absorbed, tensors)];
  expect(found.y.shape).toEqual(expected.y.shape);
  expected.y.data.forEach((value, i) => {
    expect(found.y.data[i]).toBeCloseTo(Number(value), 5);
  });
});
