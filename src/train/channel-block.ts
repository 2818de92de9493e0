import { type Float32Tensor, float32Tensor, sizeOf, type Tensor } from '../core/tensor.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { emitOnnx } from '../graph/onnx/emit.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** The sizes of blocks that ONNX Runtime uses: one vector of AVX-512, AVX2 or NEON. */
const candidates = [16, 8, 4];

const channels = 16;
const kernel = 3;
const taps = kernel ** 2;

const known = new WeakMap<Runtime, Promise<number | undefined>>();

/**
 * The number of channels per block (`EmitOptions.channelBlock`) with which a runtime computes a small depthwise
 * and a small dense convolution right; undefined if there is none. ONNX Runtime does not tell which one it uses.
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
  const weight = (name: string, inputs: number) => g.input(name, [channels, inputs, kernel, kernel]);
  const graph = g.build({
    depthwise: g.conv(x, weight('each', 1), null, { groups: channels }),
    dense: g.conv(x, weight('all', channels), null),
  });
  try {
    const session = await runtime.createSession(emitOnnx(graph, new Map(), { channelBlock }));
    const { depthwise, dense } = await session.run({
      x: float32Tensor([1, channels, kernel, kernel], new Float32Array(channels * taps).fill(1)),
      each: counting([channels, 1, kernel, kernel]),
      all: counting([channels, channels, kernel, kernel]),
    });
    await session.release();
    return sumsCounts(depthwise, taps) && sumsCounts(dense, channels * taps);
  } catch {
    return false;
  }
}

/** 0, 1, 2, … */
function counting(shape: readonly number[]): Float32Tensor {
  return float32Tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
  );
}

/** Whether each element c is the sum of the `each` numbers from `each · c` on. */
function sumsCounts({ data }: Tensor, each: number): boolean {
  return [...data].every((sum, c) => sum === each * (each * c + (each - 1) / 2));
}
