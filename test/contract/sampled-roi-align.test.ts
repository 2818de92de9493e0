import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { type Float32Tensor, float32Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { symbol } from '../../src/graph/dim.ts';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import type { RoiAlignParameters } from '../../src/graph/operations.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { webRuntime } from '../../src/runtime/web.ts';

// The form without the operator must be the operator's function; torchvision's answers to it are in
// test/contract/operations.test.ts.
const random = seededRandom(11);

function mapOf(shape: readonly number[]): Float32Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return float32Tensor(shape, Float32Array.from({ length: size }, random.normal));
}

/** Boxes in, across and outside of a picture of 108 × 76 pixels, tiny and empty ones too. */
function boxesIn(count: number): Float32Array {
  const boxes = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) {
    const [x, y] = [random.uniform() * 140 - 20, random.uniform() * 110 - 20];
    boxes.set([x, y, x + random.uniform() * 90, y + random.uniform() * 60], 4 * i);
  }
  if (count > 4) {
    boxes.set([3, 3, 3.1, 3.2], 0);
    boxes.set([0, 0, 108, 76], 4);
    boxes.set([-40, -40, -9, -9], 8);
    boxes.set([50, 30, 50, 30], 12);
  }
  return boxes;
}

async function align(
  {
    features,
    boxes,
    pictures,
  }: { features: Float32Tensor; boxes: Float32Array; pictures: readonly number[] },
  parameters: RoiAlignParameters,
  { lacks, runtime = nodeRuntime }: { lacks: string[]; runtime?: typeof nodeRuntime },
) {
  const g = new GraphBuilder('roiAlign');
  const [n, c] = features.shape;
  const y = g.roiAlign(
    g.input('features', [n === 1 ? 1 : symbol('n'), c, symbol('h'), symbol('w')]),
    g.input('boxes', [symbol('r'), 4]),
    g.input('batchIndex', [symbol('r')], 'int64'),
    parameters,
  );
  const session = await runtime.createSession(emitOnnx(g.build({ y }), new Map(), { lacks }));
  const data = BigInt64Array.from(pictures, BigInt);
  const output = await session.run({
    features,
    boxes: float32Tensor([pictures.length, 4], boxes),
    batchIndex: { dtype: 'int64', shape: [data.length], data },
  });
  await session.release();
  return output.y as Float32Tensor;
}

describe.each([
  { resolution: 7, samplingRatio: 2, aligned: false },
  { resolution: 14, samplingRatio: 2, aligned: true },
  { resolution: 5, samplingRatio: 1, aligned: true },
  { resolution: 3, samplingRatio: 4, aligned: false },
])('RoIAlign by GridSample, $resolution × $resolution, ratio $samplingRatio, aligned $aligned', (variant) => {
  const parameters = { ...variant, spatialScale: 0.25 };

  it.each([
    ['one picture', [1, 3, 19, 27], 60],
    ['a batch', [3, 4, 19, 27], 60],
    ['a map of one pixel', [1, 2, 1, 1], 20],
    ['no RoI', [1, 3, 19, 27], 0],
  ])('is the operator’s on %s', async (_, shape, count) => {
    const pictures = Array.from({ length: count }, () => random.integer(shape[0]));
    const given = { features: mapOf(shape), boxes: boxesIn(count), pictures };
    const expected = await align(given, parameters, { lacks: [] });
    const ours = await align(given, parameters, { lacks: ['RoiAlign'] });
    expect(ours.shape).toEqual(expected.shape);
    const worst = ours.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i])), 0);
    expect(worst).toBeLessThan(2e-5);
    if (count > 0) expect(expected.data.some((value) => value !== 0)).toBe(true);
  });
});

describe('RoIAlign by GridSample', () => {
  const parameters = { resolution: 7, samplingRatio: 2, aligned: false, spatialScale: 0.25 };

  it('runs on WebAssembly too', async () => {
    const given = { features: mapOf([1, 3, 19, 27]), boxes: boxesIn(12), pictures: new Array(12).fill(0) };
    const expected = await align(given, parameters, { lacks: [] });
    const ours = await align(given, parameters, { lacks: ['RoiAlign'], runtime: webRuntime });
    const worst = ours.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i])), 0);
    expect(worst).toBeLessThan(2e-5);
  });

  it('leaves a number of samples that depends on the RoI to the operator', async () => {
    const given = { features: mapOf([1, 3, 19, 27]), boxes: boxesIn(2), pictures: [0, 0] };
    const adaptive = { ...parameters, samplingRatio: 0 };
    const expected = await align(given, adaptive, { lacks: [] });
    expect(await align(given, adaptive, { lacks: ['RoiAlign'] })).toEqual(expected);
  });
});
