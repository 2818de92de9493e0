import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { float32Tensor, sizeOf } from '../../src/core/tensor.ts';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { vjp } from '../../src/graph/autodiff/vjp.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { symbol } from '../../src/graph/dim.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import type { Tensors } from '../../src/runtime/runtime.ts';
import { webRuntime } from '../../src/runtime/web.ts';
import { channelBlockOf } from '../../src/train/channel-block.ts';
import { relativeDifference } from '../support/operation-cases.ts';

const channelBlock = await channelBlockOf(nodeRuntime);

it('WebAssembly has no blocks', async () => {
  expect(await channelBlockOf(webRuntime)).toBeUndefined();
});

const shapes = [
  { kernel: 3, stride: 1, extent: 14, channels: 16 },
  { kernel: 5, stride: 1, extent: 9, channels: 48 },
  { kernel: 3, stride: 2, extent: 16, channels: 32 },
  { kernel: 5, stride: 2, extent: 18, channels: 16 },
  // Not a multiple of any block.
  { kernel: 3, stride: 1, extent: 8, channels: 6 },
];

// Skipped where ONNX Runtime has no blocks for the processor; training then uses the usual layout.
describe.skipIf(channelBlock === undefined)('depthwise convolutions with channels in blocks', () => {
  it.each(shapes)('$kernel×$kernel, stride $stride, $channels channels', async (shape) => {
    const { kernel, stride, extent, channels } = shape;
    const padding = (kernel - 1) / 2;
    const out = Math.floor((extent + 2 * padding - kernel) / stride) + 1;
    const g = new GraphBuilder('depthwise');
    const x = g.input('x', [2, channels, symbol('h', stride), symbol('w', stride)]);
    const weight = g.weight('weight', [channels, 1, kernel, kernel]);
    const bias = g.weight('bias', [channels]);
    const y = g.conv(x, weight, bias, { stride, padding, groups: channels });
    const { forward, backward } = vjp(g.build({ y }), { outputs: ['y'], wrt: ['x', 'weight', 'bias'] });

    const random = seededRandom(kernel + channels);
    const filled = (dims: number[]) =>
      float32Tensor(dims, Float32Array.from({ length: sizeOf(dims) }, random.normal));
    const given = {
      x: filled([2, channels, extent, extent]),
      weight: filled([channels, 1, kernel, kernel]),
      bias: filled([channels]),
    };
    const usual = await run(forward, given);
    const blocked = await run(forward, given, channelBlock);
    const dy = { [gradientName('y')]: filled([2, channels, out, out]) };
    const gradients = await run(backward, { ...given, ...usual, ...dy });
    const blockedGradients = await run(backward, { ...given, ...usual, ...dy }, channelBlock);
    for (const [theirs, ours] of [
      [usual, blocked],
      [gradients, blockedGradients],
    ] as const) {
      expect(Object.keys(ours)).toEqual(Object.keys(theirs));
      for (const name of Object.keys(theirs)) {
        expect(ours[name].shape, name).toEqual(theirs[name].shape);
        expect(relativeDifference(ours[name], theirs[name]), name).toBeLessThan(5e-6);
      }
    }
  });

  it('are used for weights that are fed, not for constants', () => {
    const text = (model: Uint8Array) => Buffer.from(model).toString('latin1');
    const g = new GraphBuilder('depthwise');
    const weight = g.weight('weight', [16, 1, 3, 3]);
    const graph = g.build({ y: g.conv(g.input('x', [1, 16, 8, 8]), weight, null, { groups: 16 }) });
    const constants = new Map([['weight', float32Tensor([16, 1, 3, 3], new Float32Array(144))]]);
    expect(text(emitOnnx(graph, new Map(), { channelBlock }))).toContain('com.microsoft.nchwc');
    expect(text(emitOnnx(graph, constants, { channelBlock }))).not.toContain('com.microsoft.nchwc');
    expect(text(emitOnnx(graph))).not.toContain('com.microsoft.nchwc');
  });
});

async function run(graph: Graph, tensors: Tensors, channelBlock?: number) {
  const session = await nodeRuntime.createSession(emitOnnx(graph, new Map(), { channelBlock }), {
    threads: 1,
  });
  try {
    return await session.run(tensors);
  } finally {
    await session.release();
  }
}
