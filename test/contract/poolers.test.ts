import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type RoiPoolConfig, roiPoolSchema } from '../../src/config/schema.ts';
import { float32Tensor, type Tensor } from '../../src/core/tensor.ts';
import type { PlainBox } from '../../src/explanation/plain.ts';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { vjp } from '../../src/graph/autodiff/vjp.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { symbol } from '../../src/graph/dim.ts';
import { poolRois } from '../../src/model/pooler.ts';
import { quantisedBins } from '../../src/ops/quantised-bins.ts';
import { poolers } from '../../src/predict/explain/poolers.ts';
import { readTensor, relativeDifference } from '../support/operation-cases.ts';
import { readWeights } from '../support/read-weights.ts';
import { runGraph } from '../support/run-graph.ts';

// Written by test/oracle/poolers.py.
const golden = await readWeights(
  fileURLToPath(new URL('../golden/ops/poolers.safetensors', import.meta.url)),
);
const cases = (JSON.parse(golden.metadata.cases) as Partial<RoiPoolConfig>[]).map((raw, i) => ({
  i,
  pool: roiPoolSchema.parse(raw),
  title: Object.values(raw).join(' '),
}));
const inputs = {
  features: await readTensor(golden, 'features'),
  boxes: await readTensor(golden, 'boxes'),
  batch: await readTensor(golden, 'batch'),
};

describe.each(cases)('pooling by $title', ({ i, pool }) => {
  it('gives what torchvision gives on the host, step by step', async () => {
    const { data: expected } = await golden.read(`${i}/output`);
    const features = await golden.read('features');
    const { data: boxes } = await golden.read('boxes');
    const size = 3 * pool.resolution ** 2;
    const [, channels, height, width] = features.shape;
    let compared = 0;
    inputs.batch.data.forEach((picture, roi) => {
      const pixels = channels * height * width;
      const start = Number(picture) * pixels;
      const map = float32Tensor([1, channels, height, width], features.data.subarray(start, start + pixels));
      const onMap = [...boxes.subarray(4 * roi, 4 * roi + 4)].map((corner) => corner / 8) as PlainBox;
      // As all are that a model pools. Beyond, a sample may lie on the very edge of what counts.
      if (onMap[0] < 0 || onMap[1] < 0 || onMap[2] > width || onMap[3] > height) return;
      compared++;
      const ours = poolers[pool.kind](onMap, pool).pool(map);
      const theirs = expected.subarray(roi * size, (roi + 1) * size);
      const tensors = [ours, theirs].map((data) => float32Tensor([size], data));
      expect(relativeDifference(tensors[0], tensors[1]), `RoI ${roi}`).toBeLessThan(1e-5);
    });
    expect(compared).toBeGreaterThan(5);
  });

  it('gives what torchvision gives, and its gradient', async () => {
    const graph = poolingGraph(pool, { extents: [2, 3, 25, 31], stride: 8 });
    const { forward, backward } = vjp(graph, { outputs: ['output'], wrt: ['features'] });
    const made = await runGraph(forward, inputs);
    expect(relativeDifference(made.output, await readTensor(golden, `${i}/output`))).toBeLessThan(1e-5);

    const cotangent = { [gradientName('output')]: await golden.read(`${i}/cotangent`) };
    const gradients = await runGraph(backward, { ...inputs, ...made, ...cotangent });
    const gradient = gradients[gradientName('features')];
    expect(relativeDifference(gradient, await readTensor(golden, `${i}/gradient`))).toBeLessThan(5e-6);
  });
});

describe("the article's box of 665 px at stride 32, 20.78 → 20 feature pixels, 20/7 = 2.86 → 2", () => {
  // Every feature pixel holds its column, so that a maximum says where its bin ends.
  const columns = float32Tensor(
    [1, 1, 25, 25],
    Float32Array.from({ length: 625 }, (_, i) => i % 25),
  );
  const box = {
    features: columns,
    boxes: float32Tensor([1, 4], Float32Array.of(0, 0, 665, 665)),
    batch: { dtype: 'int64', shape: [1], data: BigInt64Array.of(0n) } as Tensor,
  };
  const lastColumns = async (kind: RoiPoolConfig['kind'], side = 7) => {
    const pool = roiPoolSchema.parse({ kind, resolution: side });
    const graph = poolingGraph(pool, { extents: [1, 1, 25, 25], stride: 32 });
    const { output } = await runGraph(graph, box);
    return [...(output.data as Float32Array).subarray(0, side)];
  };

  it('ends the bins of the dropping form at 2, 4, … 14 of 20 pixels, as the drawing has them', async () => {
    const { start, end, bins, dropped } = quantisedBins(0, 665 / 32, 7, 'dropping');
    expect([start, end, dropped]).toEqual([0, 20, 6]);
    expect(await lastColumns('roiPoolFloor')).toEqual(bins.map(([, to]) => to - 1));
    expect(await lastColumns('roiPoolFloor')).toEqual([1, 3, 5, 7, 9, 11, 13]);
  });

  it('covers 22 pixels in unequal bins in the other, for 20.78 rounds to 21, which is inside', async () => {
    const ends = Array.from({ length: 7 }, (_, i) => Math.ceil(((i + 1) * 22) / 7) - 1);
    expect(await lastColumns('roiPool')).toEqual(ends);
  });

  it('reaches the box with RoIAlign, whose last sample is 20.78 · (1 − 1/28)', async () => {
    const means = await lastColumns('roiAlign');
    means.forEach((mean, bin) => {
      expect(mean).toBeCloseTo((20.78125 * (bin + 0.5)) / 7, 4);
    });
  });
});

it('divides 9 pixels into 2 bins that share one, where the drawing gives it to the second', async () => {
  // torchvision's bins end at ⌈·⌉ and begin at ⌊·⌋: 0…5 and 4…9.
  const g = poolingGraph(roiPoolSchema.parse({ kind: 'roiPool', resolution: 2 }), {
    extents: [1, 1, 9, 9],
    stride: 1,
  });
  const falling = Float32Array.from({ length: 81 }, (_, i) => -(i % 9));
  const rising = falling.map((value) => -value);
  const boxes = float32Tensor([1, 4], Float32Array.of(0, 0, 8, 8));
  const batch: Tensor = { dtype: 'int64', shape: [1], data: BigInt64Array.of(0n) };
  const run = async (data: Float32Array) => {
    const { output } = await runGraph(g, { features: float32Tensor([1, 1, 9, 9], data), boxes, batch });
    return [...(output.data as Float32Array).subarray(0, 2)];
  };
  expect(await run(rising)).toEqual([4, 8]);
  expect(await run(falling)).toEqual([-0, -4]);
});

function poolingGraph(
  pool: RoiPoolConfig,
  { extents, stride }: { extents: readonly [number, number, number, number]; stride: number },
) {
  const g = new GraphBuilder('pool');
  const [, channels, height, width] = extents;
  const features = g.input('features', [symbol('n'), channels, height, width]);
  const count = symbol('rois');
  const rois = { boxes: g.input('boxes', [count, 4]), batchIndex: g.input('batch', [count], 'int64') };
  return g.build({ output: poolRois(g, features, rois, { ...pool, stride }) });
}
