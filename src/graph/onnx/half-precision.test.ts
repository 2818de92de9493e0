import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { type Float32Tensor, float32Tensor, type Tensor } from '../../core/tensor.ts';
import { nodeRuntime } from '../../runtime/node.ts';
import { GraphBuilder } from '../builder.ts';
import type { Graph, Value } from '../graph.ts';
import type { OperationName } from '../operations.ts';
import { ModelWriter } from './emission.ts';
import { emitOnnx, type Weights } from './emit.ts';
import { fitsHalf, HalfPrecision } from './half-precision.ts';

/** The output `y` of a graph in half and in single precision. */
async function inBoth(graph: Graph, inputs: Record<string, Tensor>, weights: Weights = new Map()) {
  const run = async (half: boolean) => {
    const session = await nodeRuntime.createSession(emitOnnx(graph, weights, { half }), { threads: 1 });
    const { y } = await session.run(inputs);
    await session.release();
    return y as Float32Tensor;
  };
  return { half: await run(true), single: await run(false) };
}

function normal(shape: readonly number[], seed: number): Float32Tensor {
  const random = seededRandom(seed);
  return float32Tensor(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
  );
}

describe('half precision', () => {
  it('computes convolutions and what follows them, and gives single precision', async () => {
    const g = new GraphBuilder('convolutions');
    const x = g.input('x', [1, 3, 9, 9]);
    const first = g.clamp(g.conv(x, g.weight('a', [8, 3, 3, 3]), g.weight('b', [8]), {}), 0, 6);
    const y = g.affine(g.conv(first, g.weight('c', [4, 8, 1, 1]), null, {}), 0.5, 0.25);
    const weights = new Map([
      ['a', normal([8, 3, 3, 3], 1)],
      ['b', normal([8], 2)],
      ['c', normal([4, 8, 1, 1], 3)],
    ]);
    const { half, single } = await inBoth(g.build({ y }), { x: normal([1, 3, 9, 9], 4) }, weights);
    const errors = single.data.map((value, i) => Math.abs(value - half.data[i]));
    expect(Math.max(...errors)).toBeLessThan(0.05);
    expect(Math.max(...errors)).toBeGreaterThan(1e-5);
    expect(half.dtype).toBe('float32');
  });

  it('ends before probabilities, sums and the coordinates of RoIs', () => {
    const { write } = new ModelWriter();
    const precision = new HalfPrecision(write, ({ name }) => name, []);
    const value = (name: string): Value => ({ name, dtype: 'float32', shape: [1, 3] });
    const logits = value('logits');
    precision.written(logits, true);
    const includes = (op: OperationName, input: Value) =>
      precision.includes({ op, inputs: [input], output: value('y') });
    for (const op of ['softmax', 'reduceSum', 'roiAlign'] as const) expect(includes(op, logits)).toBe(false);
    expect(includes('relu', logits)).toBe(true);
    expect(includes('relu', value('x'))).toBe(false);
  });

  it('has room for weights up to 65504', () => {
    const weights = (value: number) => new Map([['w', float32Tensor([2], Float32Array.of(1, value))]]);
    expect(fitsHalf(weights(-65504))).toBe(true);
    expect(fitsHalf(weights(65505))).toBe(false);
  });
});
