import { describe, expect, it } from 'vitest';
import { relativeDifference } from '../../test/support/operation-cases.ts';
import { runGraph } from '../../test/support/run-graph.ts';
import { seededRandom } from '../core/random.ts';
import { float32Tensor, sizeOf, type Tensor } from '../core/tensor.ts';
import { GraphBuilder } from './builder.ts';
import { symbol } from './dim.ts';
import type { Graph, Value } from './graph.ts';
import { quantizeGraph } from './quantize.ts';
import { verifyGraph } from './verify.ts';
import { useWinograd } from './winograd.ts';

const random = seededRandom(5);
const normal = (shape: readonly number[], deviation = 1) =>
  float32Tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal()),
  );

/** Weights for the whole graph, of the magnitude of trained ones. */
function drawWeights({ weights }: Graph): Map<string, Tensor> {
  return new Map(
    weights.map(({ name, shape }) => {
      const extents = shape as readonly number[];
      return [name, normal(extents, extents.length === 1 ? 1 : Math.sqrt(1 / sizeOf(extents.slice(1))))];
    }),
  );
}

const kindsOf = ({ nodes }: Graph) => nodes.map(({ op }) => op);

/** A convolution with a bias, 3×3 or 1×1. */
function conv(g: GraphBuilder, x: Value, name: string, channels: number, side: 1 | 3): Value {
  const weight = g.weight(`${name}.weight`, [channels, x.shape[1] as number, side, side]);
  return g.conv(x, weight, g.weight(`${name}.bias`, [channels]), { padding: side === 3 ? 1 : 0 });
}

describe('Winograd convolution', () => {
  it('gives the same maps as direct convolution, for any numbers of channels', async () => {
    const g = new GraphBuilder('maps');
    const x = g.input('x', [1, 192, symbol('h', 4), symbol('w', 8)]);
    const wider = conv(g, x, 'wider', 224, 3);
    const graph = g.build({ wider, back: conv(g, g.relu(wider), 'back', 192, 3) });
    await expectSame(graph, { x: normal([1, 192, 12, 16]) }, 2);
  });

  it('transforms kernels that change from run to run, as those of a gradient do', async () => {
    const g = new GraphBuilder('step');
    const x = g.input('x', [1, 224, symbol('h', 4), symbol('w', 8)]);
    const weight = g.input('weight', [192, 224, 3, 3]);
    const scaled = g.apply('mul', [weight, g.input('scale', [192, 1, 1, 1])], {});
    const bias = g.input('bias', [192]);
    const y = g.conv(x, scaled, g.apply('mul', [bias, bias], {}), { padding: 1 });
    const turned = g.apply('reverse', [g.transpose(scaled, [1, 0, 2, 3])], { axes: [2, 3] });
    const graph = g.build({ y, gradient: g.conv(y, turned, null, { padding: 1 }) });
    expect(kindsOf(useWinograd(graph, new Map()).graph)).toEqual(kindsOf(graph));
    const inputs = {
      x: normal([1, 224, 8, 16]),
      weight: normal([192, 224, 3, 3], 0.02),
      scale: normal([192, 1, 1, 1]),
      bias: normal([192]),
    };
    await expectSame(graph, inputs, 2, { computed: true });
  });

  it('gives the gradient of a weight, and shares the windows of dy with that of the map', async () => {
    const g = new GraphBuilder('gradients');
    const extents = [symbol('h', 4), symbol('w', 4)];
    const x = g.input('x', [1, 192, ...extents]);
    const dy = g.input('dy', [1, 208, ...extents]);
    const dense = { stride: 1, padding: 1, groups: 1 };
    const graph = g.build({
      dw: g.apply('convWeightGradient', [x, dy], { kernel: [3, 3], ...dense }),
      dx: g.conv(dy, g.input('turned', [192, 208, 3, 3]), null, dense),
    });
    const inputs = {
      x: normal([1, 192, 12, 20]),
      dy: normal([1, 208, 12, 20]),
      turned: normal([192, 208, 3, 3], 0.02),
    };
    const fast = kindsOf(await expectSame(graph, inputs, 1, { computed: true }));
    expect(fast).not.toContain('convWeightGradient');
    // Windows of dy, and tiles of x.
    expect(fast.filter((kind) => kind === 'conv')).toHaveLength(2);
  });

  it('leaves layers with eight bits as they are', () => {
    const g = new GraphBuilder('bytes');
    const x = g.input('x', [1, 192, symbol('h', 4), symbol('w', 4)]);
    const graph = g.build({ y: conv(g, conv(g, x, 'float', 192, 3), 'byte', 192, 3) });
    const bytes = { scale: 0.1, zeroPoint: 128 };
    const scales = new Map([['byte.weight', { input: bytes, output: bytes }]]);
    const quantized = quantizeGraph(graph, drawWeights(graph), scales);
    const fast = useWinograd(quantized.graph, quantized.weights);
    verifyGraph(fast.graph);
    const counts = (op: string) => kindsOf(fast.graph).filter((kind) => kind === op).length;
    expect({ products: counts('matmul'), bytes: counts('scaleRows') }).toEqual({ products: 1, bytes: 2 });
  });

  it('leaves pixels in tiles if only 1×1 convolutions read them', async () => {
    const g = new GraphBuilder('head');
    const x = g.input('x', [1, 192, symbol('h', 4), symbol('w', 4)]);
    const hidden = g.relu(conv(g, x, 'hidden', 200, 3));
    const graph = g.build({ three: conv(g, hidden, 'three', 3, 1), one: conv(g, hidden, 'one', 1, 1) });
    const fast = await expectSame(graph, { x: normal([1, 192, 8, 20]) }, 1);
    expect(kindsOf(fast).filter((kind) => kind === 'convTranspose')).toHaveLength(2);
  });

  it('rearranges them if anything else reads them, or if they are outputs', async () => {
    const g = new GraphBuilder('head');
    const x = g.input('x', [1, 192, symbol('h', 4), symbol('w', 4)]);
    const hidden = g.relu(conv(g, x, 'hidden', 192, 3));
    const graph = g.build({ three: conv(g, hidden, 'three', 3, 1), hidden });
    await expectSame(graph, { x: normal([1, 192, 8, 12]) }, 1);
  });

  it('leaves the gradients of other weights to the direct way', () => {
    const g = new GraphBuilder('gradients');
    const gradient = (x: Value, dy: Value, stride: number) =>
      g.apply('convWeightGradient', [x, dy], { kernel: [3, 3], stride, padding: 1, groups: 1 });
    const map = (name: string, shape: [number, number, number, number]) => g.input(name, shape);
    const graph = g.build({
      narrow: gradient(map('x', [1, 64, 8, 8]), map('dy', [1, 256, 8, 8]), 1),
      batch: gradient(map('several', [2, 192, 8, 8]), map('dys', [2, 192, 8, 8]), 1),
      strided: gradient(map('large', [1, 192, 16, 16]), map('small', [1, 192, 8, 8]), 2),
    });
    const { graph: fast } = useWinograd(graph, new Map(), { computed: true });
    expect(kindsOf(fast)).toEqual(kindsOf(graph));
  });

  it.each<[string, (g: GraphBuilder) => Value]>([
    ['few channels', (g) => conv(g, g.input('x', [1, 64, symbol('h', 4), symbol('w', 4)]), 'a', 256, 3)],
    ['parts of tiles', (g) => conv(g, g.input('x', [1, 256, symbol('h', 2), symbol('w', 4)]), 'a', 256, 3)],
    ['several pictures', (g) => conv(g, g.input('x', [2, 256, 8, 8]), 'a', 256, 3)],
    ['1×1', (g) => conv(g, g.input('x', [1, 256, 8, 8]), 'a', 256, 1)],
    [
      'strides',
      (g) => {
        const x = g.input('x', [1, 256, symbol('h', 8), symbol('w', 8)]);
        return g.conv(x, g.weight('a.weight', [256, 256, 3, 3]), null, { padding: 1, stride: 2 });
      },
    ],
    [
      'dilation',
      (g) => {
        const x = g.input('x', [1, 256, symbol('h', 8), symbol('w', 8)]);
        return g.conv(x, g.weight('a.weight', [256, 256, 3, 3]), null, { padding: 2, dilation: 2 });
      },
    ],
  ])('leaves %s to the direct way', (_, build) => {
    const g = new GraphBuilder('direct');
    const graph = g.build({ y: build(g) });
    expect(kindsOf(useWinograd(graph, drawWeights(graph)).graph)).toEqual(['conv']);
  });
});

/**
 * Runs a graph directly and by Winograd convolution, to which `count` of its convolutions must be converted.
 */
async function expectSame(
  graph: Graph,
  inputs: Record<string, Tensor>,
  count: number,
  options?: { computed: boolean },
): Promise<Graph> {
  const weights = drawWeights(graph);
  const fast = useWinograd(graph, weights, options);
  verifyGraph(fast.graph);
  expect(kindsOf(fast.graph).filter((kind) => kind === 'reshapeTo').length).toBeGreaterThanOrEqual(count);
  expect([...weights.keys()].sort()).toEqual(graph.weights.map(({ name }) => name).sort());
  const direct = await runGraph(graph, { ...inputs, ...Object.fromEntries(weights) });
  const quick = await runGraph(fast.graph, { ...inputs, ...Object.fromEntries(fast.weights) });
  for (const [name, expected] of Object.entries(direct)) {
    expect(quick[name].shape).toEqual(expected.shape);
    expect(relativeDifference(quick[name], expected), name).toBeLessThan(1e-5);
  }
  return fast.graph;
}
