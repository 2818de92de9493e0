import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { emitOnnx } from '../graph/onnx/emit.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** The sizes of blocks that ONNX Runtime uses: one vector of AVX-512, AVX2 or NEON. */
const candidates = [16, 8, 4];

const channels = 16;
const kernel = 3;

const known = new WeakMap<Runtime, Promise<number | undefined>>();

/**
 * The number of channels per block (`EmitOptions.channelBlock`) with which a runtime computes a small depthwise
 * convolution right; undefined if there is none. ONNX Runtime does not tell which one it uses.
 */
export function channelBlockOf(runtime: Runtime): Promise<number | undefined> {
  const block = known.get(runtime) ?? tryBlocks(runtime);
  known.set(runtime, block);
  return block;
}

async function tryBlocks(runtime: Runtime): Promise<number | undefined> {
  if (!runtime.blocksChannels) return undefined;
  for (const block of candidates) if (await computesWith(runtime, block)) return block;
  return undefined;
}

async function computesWith(runtime: Runtime, channelBlock: number): Promise<boolean> {
  const g = new GraphBuilder('trial');
  const x = g.input('x', [1, channels, kernel, kernel]);
  const weight = g.input('weight', [channels, 1, kernel, kernel]);
  const model = emitOnnx(g.build({ sums: g.conv(x, weight, null, { groups: channels }) }), new Map(), {
    channelBlock,
  });
  const size = channels * kernel ** 2;
  try {
    const session = await runtime.createSession(model);
    const { sums } = await session.run({
      x: float32Tensor([1, channels, kernel, kernel], new Float32Array(size).fill(1)),
      weight: float32Tensor(
        [channels, 1, kernel, kernel],
        Float32Array.from({ length: size }, (_, i) => i),
      ),
    });
    await session.release();
    // The weights of channel c are 9c, 9c + 1, …, 9c + 8.
    return (sums as Float32Tensor).data.every((sum, c) => sum === 81 * c + 36);
  } catch {
    return false;
  }
}
