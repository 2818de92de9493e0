import { expect } from 'vitest';
import type { ModelConfig } from '../../src/config/schema.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Picture } from '../../src/image/picture.ts';
import { detectorModel } from '../../src/onnx-model/detector.ts';
import { decodeToBitmap } from '../../src/ops/rle/bitmap.ts';
import { compileModel } from '../../src/predict/compile.ts';
import { runPipeline } from '../../src/predict/pipeline.ts';
import { type PlacedInstance, placeInstances } from '../../src/predict/placed-instances.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { WeightPrecision } from '../../src/weights/elements/encode.ts';
import type { WeightFile } from '../../src/weights/weight-file.ts';

/** What a complete ONNX model returns for a picture. */
export type OnnxOutputs = Record<string, Tensor>;

interface OpenOptions {
  runtime?: Runtime;
  dtype?: WeightPrecision;
}

/** A detector as a complete ONNX model, with pasted masks, and as the package runs it. */
export async function openBoth(
  config: ModelConfig,
  weights: WeightFile,
  { runtime = nodeRuntime, dtype = 'float32' }: OpenOptions = {},
) {
  const paste = config.mask !== null;
  const model = await detectorModel(config, weights, { paste, dtype, version: '1.2.3', card: null });
  const session = await runtime.createSession(model, { threads: 1 });
  const sessions = await compileModel(config, weights, nodeRuntime, { threads: 1 });
  return {
    complete: ({ data, height, width }: Picture): Promise<OnnxOutputs> =>
      session.run({ image: { dtype: 'uint8', shape: [height, width, 3], data } }),
    ours: async (picture: Picture): Promise<PlacedInstance[]> =>
      placeInstances(await runPipeline(picture, config, sessions), config, picture),
  };
}

/** Whether both found the same instances: scores within 1e-3, boxes within a twentieth of a pixel, masks of IoU .99. */
export function expectSame(
  outputs: OnnxOutputs,
  expected: readonly PlacedInstance[],
  { categories }: Pick<ModelConfig, 'categories'>,
): void {
  const { boxes, labels, scores, bitmaps, keypoints } = outputs;
  const count = expected.length;
  expect(scores.shape).toEqual([count]);
  expect(boxes.shape).toEqual([count, 4]);
  const ids = expected.map(({ label }) => categories[label - 1].id);
  expect(Array.from(labels.data, Number)).toEqual(ids);
  expected.forEach(({ score, box, mask, pose }, i) => {
    expect(Math.abs(Number(scores.data[i]) - score)).toBeLessThan(1e-3);
    expect(largestDifference(rowOf(boxes, i), box)).toBeLessThan(0.05);
    if (mask) expect(iouOf(rowOf(bitmaps, i), decodeToBitmap(mask))).toBeGreaterThan(0.99);
    if (pose) {
      const points = pose.points.flatMap(({ x, y }) => [x, y, 1]);
      expect(largestDifference(rowOf(keypoints, i), points)).toBeLessThan(0.05);
    }
  });
}

function rowOf({ shape: [count], data }: Tensor, row: number): number[] {
  const size = data.length / count;
  return Array.from(data.subarray(row * size, (row + 1) * size), Number);
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}

/** 1 for two masks without pixels. */
function iouOf(a: readonly number[], b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  const union = a.filter((value, i) => value + b[i] > 0).length;
  return union === 0 ? 1 : a.filter((value, i) => value + b[i] > 1).length / union;
}
