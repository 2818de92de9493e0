import { expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { float32Tensor } from '../core/tensor.ts';
import { nodeRuntime } from '../runtime/node.ts';
import { GraphBuilder } from './builder.ts';
import { byteOutputs } from './byte-outputs.ts';
import type { Graph } from './graph.ts';
import { channelsLastOutputs } from './hoist-roi-align.ts';
import { emitOnnx, type Weights } from './onnx/emit.ts';
import { quantizeGraph } from './quantize.ts';

const pointwise = { stride: 1, padding: 0, groups: 1 };
const random = seededRandom(6);
const numbers = (length: number) => Float32Array.from({ length }, () => random.normal());

async function run(graph: Graph, weights: Weights, image: Float32Array) {
  const session = await nodeRuntime.createSession(emitOnnx(graph, weights), { threads: 1 });
  const outputs = await session.run({ image: float32Tensor([1, 2, 3, 4], image) });
  await session.release();
  return outputs;
}

test('maps that are bytes leave a graph as bytes, others as floats', async () => {
  const g = new GraphBuilder('maps');
  const layer = (x: Parameters<typeof g.conv>[0], name: string) =>
    g.conv(x, g.weight(name, [4, x.shape[1] as number, 1, 1]), null, pointwise);
  const fine = layer(g.input('image', [1, 2, 3, 4]), 'w');
  const plain = layer(fine, 'v');
  const graph = g.build({ fine, plain, score: g.relu(fine) });
  const weights: Weights = new Map([
    ['w', float32Tensor([4, 2, 1, 1], numbers(8))],
    ['v', float32Tensor([4, 4, 1, 1], numbers(16))],
  ]);
  const maps = new Set(['fine', 'plain']);
  const scale = { scale: 1 / 32, zeroPoint: 128 };
  const inBytes = quantizeGraph(
    channelsLastOutputs(graph, maps),
    weights,
    new Map([['w', { input: scale, output: scale }]]),
  );
  const { graph: found, scales } = byteOutputs(inBytes.graph, maps);
  expect([...scales]).toEqual([['fine', scale]]);

  const image = numbers(24);
  const floats = await run(inBytes.graph, inBytes.weights, image);
  const bytes = await run(found, inBytes.weights, image);
  expect(bytes.fine).toMatchObject({ dtype: 'uint8', shape: [1, 3, 4, 4] });
  const values = Float32Array.from(bytes.fine.data as Uint8Array, (byte) => (byte - 128) * scale.scale);
  expect(values).toEqual(floats.fine.data);
  expect(bytes.plain).toEqual(floats.plain);
  expect(bytes.score).toEqual(floats.score);
});
