import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { type Float32Tensor, float32Tensor, type Tensor } from '../../core/tensor.ts';
import { nodeRuntime } from '../../runtime/node.ts';
import { GraphBuilder } from '../builder.ts';
import { symbol } from '../dim.ts';
import type { Graph } from '../graph.ts';
import { emitOnnx, type Weights } from './emit.ts';
import { fitsHalf } from './half-precision.ts';

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

  it('does not reach the coordinates of RoIs', async () => {
    const g = new GraphBuilder('pooling');
    const features = g.input('features', [1, 1, 1, 4096]);
    const boxes = g.input('boxes', [symbol('r'), 4]);
    const batchIndex = g.input('batchIndex', [symbol('r')], 'int64');
    const pool = { resolution: 1, spatialScale: 1, samplingRatio: 1, aligned: true };
    const pooled = g.roiAlign(features, boxes, batchIndex, pool);
    const y = g.linear(g.reshape(pooled, ['rest', 1]), g.weight('w', [1, 1]), g.weight('b', [1]));
    const weights = new Map([
      ['w', float32Tensor([1, 1], Float32Array.of(1))],
      ['b', float32Tensor([1], Float32Array.of(0))],
    ]);
    const odd = Float32Array.from({ length: 4096 }, (_, i) => i % 2);
    const { half } = await inBoth(
      g.build({ y }),
      {
        features: float32Tensor([1, 1, 1, 4096], odd),
        // In half precision, the numbers next to 3001 are 3000 and 3002.
        boxes: float32Tensor([1, 4], Float32Array.of(3001, 0, 3002, 1)),
        batchIndex: { dtype: 'int64', shape: [1], data: BigInt64Array.of(0n) },
      },
      weights,
    );
    expect(half.data[0]).toBe(1);
  });

  it('does not reach probabilities', async () => {
    const g = new GraphBuilder('classes');
    const x = g.input('x', [1, 2]);
    const y = g.softmax(g.linear(x, g.weight('w', [3, 2]), g.weight('b', [3])), 1);
    // Exact in half precision, unlike the probabilities.
    const weights = new Map([
      ['w', float32Tensor([3, 2], Float32Array.of(1, 0, 0, 1, 1, 1))],
      ['b', float32Tensor([3], Float32Array.of(0, 0, 0))],
    ]);
    const { half, single } = await inBoth(
      g.build({ y }),
      { x: float32Tensor([1, 2], Float32Array.of(1, 2)) },
      weights,
    );
    expect([...half.data]).toEqual([...single.data]);
  });

  it('has room for weights up to 65504', () => {
    const weights = (value: number) => new Map([['w', float32Tensor([2], Float32Array.of(1, value))]]);
    expect(fitsHalf(weights(-65504))).toBe(true);
    expect(fitsHalf(weights(65505))).toBe(false);
  });
});
