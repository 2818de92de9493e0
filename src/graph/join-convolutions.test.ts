import { expect, it } from 'vitest';
import { relativeDifference } from '../../test/support/operation-cases.ts';
import { runGraph } from '../../test/support/run-graph.ts';
import { seededRandom } from '../core/random.ts';
import { float32Tensor, sizeOf, type Tensor } from '../core/tensor.ts';
import { GraphBuilder } from './builder.ts';
import { symbol } from './dim.ts';
import type { Graph, Value } from './graph.ts';
import { joinConvolutions } from './join-convolutions.ts';
import { verifyGraph } from './verify.ts';

const random = seededRandom(8);
const normal = (shape: readonly number[]) =>
  float32Tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
  );

function conv(g: GraphBuilder, x: Value, name: string, channels: number, side = 1): Value {
  const weight = g.weight(`${name}.weight`, [channels, x.shape[1] as number, side, side]);
  return g.conv(x, weight, g.weight(`${name}.bias`, [channels]), { padding: (side - 1) / 2 });
}

const convsOf = ({ nodes }: Graph) => nodes.filter(({ op }) => op === 'conv');

it('computes small convolutions of a map as one, with weights that maps share', async () => {
  const g = new GraphBuilder('heads');
  const maps = ['p2', 'p3'].map((name) => g.input(name, [1, 32, symbol('h'), symbol('w')]));
  const outputs = Object.fromEntries(
    maps.flatMap((map): [string, Value][] => [
      [`scores ${map.name}`, conv(g, map, 'scores', 3)],
      [`boxes ${map.name}`, conv(g, map, 'boxes', 12)],
    ]),
  );
  const graph = g.build(outputs);
  const weights = new Map<string, Tensor>(
    graph.weights.map(({ name, shape }) => [name, normal(shape as number[])]),
  );
  const joined = joinConvolutions(graph, weights);
  verifyGraph(joined.graph);
  expect(convsOf(joined.graph).map(({ output }) => output.shape[1])).toEqual([15, 15]);
  expect(joined.graph.weights).toHaveLength(2);
  const inputs = { p2: normal([1, 32, 6, 5]), p3: normal([1, 32, 6, 5]) };
  const [expected, found] = [
    await runGraph(graph, { ...Object.fromEntries(weights), ...inputs }),
    await runGraph(joined.graph, { ...Object.fromEntries(joined.weights), ...inputs }),
  ];
  for (const name of Object.keys(outputs)) {
    expect(found[name].shape).toEqual(expected[name].shape);
    expect(relativeDifference(found[name], expected[name])).toBeLessThan(1e-6);
  }
});

it('leaves convolutions apart that are large, differ in their windows, or have weights that are computed', () => {
  const g = new GraphBuilder('apart');
  const x = g.input('x', [1, 32, symbol('h'), symbol('w')]);
  const scaled = g.apply('mul', [g.weight('v', [2, 32, 1, 1]), g.weight('s', [2, 1, 1, 1])], {});
  const computed = g.conv(x, scaled, g.weight('vb', [2]));
  const graph = g.build({
    ...{ large: conv(g, x, 'large', 16), wide: conv(g, x, 'wide', 2, 3), small: conv(g, x, 'small', 2) },
    computed,
  });
  const weights = new Map<string, Tensor>(
    graph.weights.map(({ name, shape }) => [name, normal(shape as number[])]),
  );
  expect(convsOf(joinConvolutions(graph, weights).graph)).toHaveLength(4);
});
