import { expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { float32Tensor, type Tensor } from '../core/tensor.ts';
import { nodeRuntime } from '../runtime/node.ts';
import { webRuntime } from '../runtime/web.ts';
import { GraphBuilder } from './builder.ts';
import { absorbBatchNorm, foldBatchNorm } from './fold-batch-norm.ts';
import type { Graph, Value } from './graph.ts';
import { producersOf } from './links.ts';
import { emitOnnx, type Weights } from './onnx/emit.ts';
import { poolFirst } from './pool-first.ts';
import { firstLayers, lastLayers, quantizableLayers, quantizeGraph } from './quantize.ts';
import { verifyGraph } from './verify.ts';

const pointwise = { stride: 1, padding: 0, groups: 1 };

/** Two convolutions of one pixel each: w ∗ x + b, relu, v ∗ h. */
function twoLayers(): Graph {
  const g = new GraphBuilder('two');
  const x = g.input('image', [1, 2, 3, 3]);
  const hidden = g.apply('relu', [g.conv(x, g.weight('w', [2, 2, 1, 1]), g.weight('b', [2]), pointwise)], {});
  return g.build({ y: g.conv(hidden, g.weight('v', [1, 2, 1, 1]), null, pointwise) });
}

const weights: Weights = new Map<string, Tensor>([
  ['w', float32Tensor([2, 2, 1, 1], Float32Array.of(1.27, 0.4, -0.5, 0.254))],
  ['b', float32Tensor([2], Float32Array.of(0.1, -0.2))],
  ['v', float32Tensor([1, 2, 1, 1], Float32Array.of(1, -0.6))],
]);

async function run(
  graph: Graph,
  tensors: Weights,
  image: Float32Array,
  runtime = nodeRuntime,
): Promise<Float32Array> {
  verifyGraph(graph);
  const session = await runtime.createSession(emitOnnx(graph, tensors), { threads: 1 });
  const { y } = await session.run({ image: float32Tensor([1, 2, 3, 3], image) });
  await session.release();
  return y.data as Float32Array;
}

test('layers are named by their weights, and end after their activation', () => {
  const graph = twoLayers();
  const layers = quantizableLayers(graph);
  expect(layers.map(({ weight }) => weight)).toEqual(['w', 'v']);
  expect(layers[0].output).toBe(graph.nodes.find(({ op }) => op === 'relu')?.output);
  expect([...firstLayers(graph)]).toEqual(['w']);
  expect([...lastLayers(graph)]).toEqual(['v']);
});

test('weights have as many steps as are asked for', () => {
  const scale = { scale: 1, zeroPoint: 0 };
  const chosen = new Map([['w', { input: scale, output: scale }]]);
  const { weights: tensors } = quantizeGraph(twoLayers(), weights, chosen, 64);
  expect([...tensors.get('w:int8')!.data]).toEqual([64, 20, -64, 33]);
  expect(tensors.get('w:scales')!.data[0]).toBeCloseTo(1.27 / 64, 6);
});

test('a layer is the first though its input is padded', () => {
  const g = new GraphBuilder('padded');
  const padded = g.apply('pad', [g.input('image', [1, 2, 3, 3])], {
    before: [0, 0, 0, 0],
    after: [0, 0, 1, 1],
  });
  const hidden = g.conv(padded, g.weight('w', [2, 2, 1, 1]), null, pointwise);
  const y = g.conv(hidden, g.weight('v', [1, 2, 1, 1]), null, pointwise);
  expect([...firstLayers(g.build({ y }))]).toEqual(['w']);
});

test('a layer is not the last if the weights of the next are chosen at run time', () => {
  const g = new GraphBuilder('chosen');
  const x = g.input('image', [2, 2, 3, 3]);
  const maps = g.conv(x, g.weight('w', [2, 2, 1, 1]), null, pointwise);
  const rows = g.reshape(g.gatherRows(g.weight('v', [4, 2]), g.input('labels', [2], 'int64')), [2, 1, 2]);
  expect([...lastLayers(g.build({ y: g.matmul(rows, g.reshape(maps, [2, 2, 9])) }))]).toEqual([]);
});

test.each([
  ['in Node', nodeRuntime],
  ['in WebAssembly', webRuntime],
])('a layer computes with whole numbers %s', async (_, runtime) => {
  expect(runtime.multipliesBytes).toBe(true);
  const input = { scale: 1 / 64, zeroPoint: 128 };
  const output = { scale: 1 / 100, zeroPoint: 0 };
  const { graph, weights: tensors } = quantizeGraph(
    twoLayers(),
    weights,
    new Map([['w', { input, output }]]),
  );
  const image = Float32Array.from({ length: 18 }, (_, i) => Math.sin(i) * 1.5);
  const found = await run(graph, tensors, image, runtime);

  const bytes = image.map((value) => Math.min(255, Math.max(0, Math.round(value * 64) + 128)) - 128);
  const rows = [
    { steps: [127, 40], scale: 1.27 / 127, bias: 0.1 },
    { steps: [-127, 65], scale: 0.5 / 127, bias: -0.2 },
  ];
  const expected = Float32Array.from({ length: 9 }, (_, pixel) => {
    const hidden = rows.map(({ steps, scale, bias }) => {
      const sum = steps[0] * bytes[pixel] + steps[1] * bytes[9 + pixel] + Math.round((bias / scale) * 64);
      return Math.min(255, Math.max(0, Math.round((sum * scale * 100) / 64))) / 100;
    });
    return hidden[0] - 0.6 * hidden[1];
  });
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 5);
  });
  // So that the steps are seen: floating point gives something else.
  const floats = await run(twoLayers(), weights, image);
  expect(Math.max(...floats.map((value, i) => Math.abs(value - found[i])))).toBeGreaterThan(1e-3);
});

test('sums with residuals, and with enlarged maps, are sums of bytes', async () => {
  const g = new GraphBuilder('sums');
  const layer = (x: Value, name: string) => g.conv(x, g.weight(name, [2, 2, 1, 1]), null, pointwise);
  const stem = g.relu(layer(g.input('image', [1, 2, 3, 3]), 'stem'));
  const block = g.relu(g.apply('add', [layer(stem, 'a'), stem], {}));
  const coarse = layer(block, 'b');
  const fine = layer(g.upsampleNearest(block, 2), 'c');
  const sum = g.apply('add', [fine, g.upsampleNearest(coarse, 2)], {});
  const graph = g.build({ y: layer(sum, 'd'), other: layer(coarse, 'e') });
  const random = seededRandom(3);
  const tensors: Weights = new Map(
    graph.weights.map(({ name }) => [
      name,
      float32Tensor(
        [2, 2, 1, 1],
        Float32Array.from({ length: 4 }, () => random.normal()),
      ),
    ]),
  );
  const scales = { input: { scale: 0.05, zeroPoint: 128 }, output: { scale: 0.05, zeroPoint: 128 } };
  const chosen = new Map(['a', 'b', 'c', 'd', 'e'].map((name) => [name, scales]));
  const bytes = quantizeGraph(graph, tensors, chosen);

  const makers = producersOf(bytes.graph);
  const operands = bytes.graph.nodes
    .filter(({ op }) => op === 'add' || op === 'upsampleNearest')
    .flatMap(({ op, inputs }) => inputs.map((input) => [op, makers.get(input)?.op]));
  expect(operands).toEqual([
    ['add', 'fromBytes'],
    ['add', 'fromBytes'],
    ['upsampleNearest', 'relu'],
    ['upsampleNearest', 'fromBytes'],
    ['add', 'fromBytes'],
    ['add', 'fromBytes'],
  ]);

  const image = Float32Array.from({ length: 18 }, () => random.normal());
  const [expected, found] = [await run(graph, tensors, image), await run(bytes.graph, bytes.weights, image)];
  expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(0.5);
});

test('maxima are taken before a ReLU that nothing else reads', async () => {
  const g = new GraphBuilder('pooled');
  const window = { kernel: 2, stride: 1, padding: 0 };
  const alone = g.relu(g.conv(g.input('image', [1, 2, 3, 3]), g.weight('w', [2, 2, 1, 1]), null, pointwise));
  const shared = g.relu(g.maxPool(alone, window));
  const graph = g.build({
    y: g.apply('add', [g.maxPool(shared, window), g.maxPool(shared, window)], {}),
    shared,
  });
  const moved = poolFirst(graph);
  expect(graph.nodes.map(({ op }) => op)).toEqual([
    'conv',
    'relu',
    'maxPool',
    'relu',
    'maxPool',
    'maxPool',
    'add',
  ]);
  expect(moved.nodes.map(({ op }) => op)).toEqual([
    'conv',
    'maxPool',
    'relu',
    'relu',
    'maxPool',
    'maxPool',
    'add',
  ]);
  const image = Float32Array.from({ length: 18 }, (_, i) => Math.sin(i));
  expect(await run(moved, weights, image)).toEqual(await run(graph, weights, image));
});

test('a batch norm can be absorbed: folding then gives the same weights', () => {
  const g = new GraphBuilder('normed');
  const x = g.input('image', [1, 2, 3, 3]);
  const conv = g.conv(x, g.weight('w', [2, 2, 1, 1]), null, pointwise);
  const norm = ['gamma', 'beta', 'mean', 'var'].map((name) => g.weight(name, [2]));
  const graph = g.build({ y: g.apply('batchNorm', [conv, ...norm], { eps: 1e-3 }) });
  const given = new Map<string, Tensor>([
    ['w', weights.get('w')!],
    ...(['gamma', 'beta', 'mean', 'var'] as const).map((name, i): [string, Tensor] => [
      name,
      float32Tensor([2], Float32Array.of(0.5 + i, 1.5 + i)),
    ]),
  ]);
  const absorbed = absorbBatchNorm(graph, given);
  const [before, after] = [given, absorbed].map((some) => foldBatchNorm(graph, some).weights);
  for (const name of ['w', 'w:bias']) {
    const [a, b] = [before, after].map((some) => some.get(name)!.data as Float32Array);
    a.forEach((value, i) => {
      expect(b[i]).toBeCloseTo(value, 5);
    });
  }
  expect([...(absorbed.get('mean')!.data as Float32Array)]).toEqual([0, 0]);
});
