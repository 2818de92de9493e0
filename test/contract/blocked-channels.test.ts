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
  { kind: 'depthwise', kernel: 3, stride: 1, extent: 14, channels: 16 },
  { kind: 'depthwise', kernel: 5, stride: 1, extent: 9, channels: 48 },
  { kind: 'depthwise', kernel: 3, stride: 2, extent: 16, channels: 32 },
  { kind: 'depthwise', kernel: 5, stride: 2, extent: 18, channels: 16 },
  // Not a multiple of any block.
  { kind: 'depthwise', kernel: 3, stride: 1, extent: 8, channels: 6 },
  { kind: 'dense', kernel: 3, stride: 1, extent: 14, channels: 16, outputs: 48 },
  { kind: 'dense', kernel: 3, stride: 2, extent: 10, channels: 32, outputs: 16 },
  // Filled up to whole blocks.
  { kind: 'dense', kernel: 3, stride: 1, extent: 9, channels: 88, outputs: 44 },
  { kind: 'dense', kernel: 3, stride: 2, extent: 8, channels: 16, outputs: 28 },
  { kind: 'dense', kernel: 3, stride: 1, extent: 8, channels: 28 },
  { kind: 'dense', kernel: 7, stride: 1, extent: 9, channels: 16, outputs: 6 },
  { kind: 'dense', kernel: 1, stride: 1, extent: 7, channels: 16, outputs: 32 },
  { kind: 'dense', kernel: 3, stride: 1, extent: 14, channels: 16, outputs: 16, pictures: 0 },
];

// Skipped where ONNX Runtime has no blocks for the processor; training then uses the usual layout.
describe.skipIf(channelBlock === undefined)('convolutions with channels in blocks', () => {
  it.each(shapes)('$kind, $kernel×$kernel, stride $stride, $channels channels', async (shape) => {
    const { kind, kernel, stride, extent, channels, outputs = channels, pictures = 2 } = shape;
    const groups = kind === 'dense' ? 1 : channels;
    const padding = (kernel - 1) / 2;
    const out = Math.floor((extent + 2 * padding - kernel) / stride) + 1;
    const g = new GraphBuilder(kind);
    const batch = pictures === 0 ? symbol('rois') : pictures;
    const x = g.input('x', [batch, channels, symbol('h', stride), symbol('w', stride)]);
    const weight = g.weight('weight', [outputs, channels / groups, kernel, kernel]);
    const bias = g.weight('bias', [outputs]);
    const y = g.conv(x, weight, bias, { stride, padding, groups });
    const { forward, backward } = vjp(g.build({ y }), { outputs: ['y'], wrt: ['x', 'weight', 'bias'] });

    const random = seededRandom(kernel + channels);
    const filled = (dims: number[]) =>
      float32Tensor(dims, Float32Array.from({ length: sizeOf(dims) }, random.normal));
    const given = {
      x: filled([pictures, channels, extent, extent]),
      weight: filled([outputs, channels / groups, kernel, kernel]),
      bias: filled([outputs]),
    };
    const usual = await run(forward, given);
    const blocked = await run(forward, given, channelBlock);
    const dy = { [gradientName('y')]: filled([pictures, outputs, out, out]) };
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

  it('are used for channels that nearly fill their blocks', () => {
    const isBlocked = (channels: number) => {
      const g = new GraphBuilder('dense');
      const weight = g.weight('weight', [channels, channels, 3, 3]);
      const graph = g.build({ y: g.conv(g.input('x', [1, channels, 8, 8]), weight, null) });
      return Buffer.from(emitOnnx(graph, new Map(), { channelBlock: 16 })).includes('com.microsoft.nchwc');
    };
    const counts = [12, 16, 24, 28, 40, 88, 90, 96];
    expect(counts.filter(isBlocked)).toEqual([16, 28, 40, 88, 96]);
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
