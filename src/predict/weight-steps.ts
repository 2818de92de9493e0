import { float32Tensor } from '../core/tensor.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { emitOnnx } from '../graph/onnx/emit.ts';
import { quantizeGraph } from '../graph/quantize.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** The largest whole number that a weight of eight bits is. */
const largest = 127;
/** So small that the sum of two products with bytes up to 255 fits 16 bits. */
const smaller = 64;
/** Inputs of the layer that is tried: enough for the instructions that add products in pairs. */
const inputs = 64;

const known = new WeakMap<Runtime, Promise<number>>();

/**
 * The number of steps, up and down from 0, that weights with eight bits may have on this processor: 127, or 64 if it adds two
 * products in 16 bits and clips them, as x86 processors with AVX2 or AVX-512 but without VNNI do (in ONNX Runtime's
 * documentation, "Quantize ONNX models", `reduce_range`). Whether it does so is tried once.
 */
export function weightSteps(runtime: Runtime): Promise<number> {
  const tried = known.get(runtime) ?? tryLargest(runtime);
  known.set(runtime, tried);
  return tried;
}

async function tryLargest(runtime: Runtime): Promise<number> {
  const g = new GraphBuilder('byte-products');
  const y = g.linear(g.input('x', [1, inputs]), g.weight('w', [1, inputs]), g.weight('b', [1]));
  const weights = new Map([
    ['w', float32Tensor([1, inputs], new Float32Array(inputs).fill(largest))],
    ['b', float32Tensor([1], new Float32Array(1))],
  ]);
  const sum = 255 * largest * inputs;
  const scales = { input: { scale: 1, zeroPoint: 0 }, output: { scale: sum / 255, zeroPoint: 0 } };
  const bytes = quantizeGraph(g.build({ y }), weights, new Map([['w', scales]]));
  const session = await runtime.createSession(emitOnnx(bytes.graph, bytes.weights, { lacks: runtime.lacks }));
  try {
    const found = await session.run({ x: float32Tensor([1, inputs], new Float32Array(inputs).fill(255)) });
    return (found.y.data[0] as number) < 0.9 * sum ? smaller : largest;
  } finally {
    await session.release();
  }
}
