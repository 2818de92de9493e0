import { expect } from 'vitest';
import type { ModelConfig } from '../../src/config/schema.ts';
import type { Float32Tensor, Tensor } from '../../src/core/tensor.ts';
import type { Opset } from '../../src/graph/onnx/protobuf.ts';
import type { Quantization } from '../../src/graph/quantize.ts';
import type { Picture } from '../../src/image/picture.ts';
import { detectorModel } from '../../src/onnx-model/detector.ts';
import { pasters } from '../../src/ops/pasters.ts';
import { decodeToBitmap } from '../../src/ops/rle/bitmap.ts';
import { compileModel } from '../../src/predict/compile.ts';
import { runPipeline } from '../../src/predict/pipeline.ts';
import { type PlacedInstance, placeInstances } from '../../src/predict/placed-instances.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { WeightPrecision } from '../../src/weights/elements/encode.ts';
import type { WeightFile } from '../../src/weights/weight-file.ts';
import { largestDifference } from './largest-difference.ts';

/** What a complete ONNX model returns for a picture. */
export type OnnxOutputs = Record<string, Tensor>;

interface OpenOptions {
  runtime?: Runtime;
  dtype?: WeightPrecision;
  opset?: Opset;
  quantization?: Quantization | null;
}

/** A detector as a complete ONNX model, with pasted masks, and as the package runs it. */
export async function openBoth(
  config: ModelConfig,
  weights: WeightFile,
  { runtime = nodeRuntime, dtype = 'float32', opset = 17, quantization = null }: OpenOptions = {},
) {
  const paste = config.mask !== null;
  const model = await detectorModel(config, weights, {
    ...{ paste, dtype, opset, quantization },
    ...{ version: '1.2.3', card: null },
  });
  const session = await runtime.createSession(model, { threads: 1 });
  const sessions = await compileModel(config, weights, nodeRuntime, {
    threads: 1,
    quantization: quantization ?? new Map(),
  });
  return {
    complete: ({ data, height, width }: Picture): Promise<OnnxOutputs> =>
      session.run({ image: { dtype: 'uint8', shape: [height, width, 3], data } }),
    ours: async (picture: Picture): Promise<Expected> => {
      const result = await runPipeline(picture, config, sessions);
      return { config, picture, masks: result.masks, instances: placeInstances(result, config, picture) };
    },
  };
}

/** What the package's own pipeline finds in a picture. */
interface Expected {
  config: ModelConfig;
  picture: Picture;
  /** `[N, side, side]` probabilities. */
  masks: Float32Tensor | null;
  instances: readonly PlacedInstance[];
}

/** The largest differences that count as the same. */
interface Tolerances {
  /** Of scores and mask probabilities. Default 1e-3. */
  probability?: number;
  /** Of boxes and keypoints, in pixels. Default 0.01. */
  pixels?: number;
}

/** Checks that instances, scores, boxes, mask probabilities and keypoints are the same. */
export function expectSame(
  outputs: OnnxOutputs,
  { config, instances, masks }: Expected,
  { probability = 1e-3, pixels = 0.01 }: Tolerances = {},
): void {
  const { boxes, labels, scores, keypoints } = outputs;
  const count = instances.length;
  expect(scores.shape).toEqual([count]);
  expect(boxes.shape).toEqual([count, 4]);
  const ids = instances.map(({ label }) => config.categories[label - 1].id);
  expect(Array.from(labels.data, Number)).toEqual(ids);
  instances.forEach(({ score, box, pose }, i) => {
    expect(Math.abs(Number(scores.data[i]) - score)).toBeLessThan(probability);
    expect(largestDifference(rowOf(boxes, i), box)).toBeLessThan(pixels);
    if (!pose) return;
    const points = pose.points.flatMap(({ x, y }) => [x, y, 1]);
    expect(largestDifference(rowOf(keypoints, i), points)).toBeLessThan(pixels);
  });
  if (masks === null) return;
  expect(outputs.masks.shape).toEqual(masks.shape);
  expect(largestDifference(outputs.masks.data as Float32Array, masks.data)).toBeLessThan(probability);
}

/** Checks that every pasted mask has an IoU above .99 with the package's. */
export function expectSameBitmaps({ bitmaps }: OnnxOutputs, { instances }: Expected): void {
  instances.forEach(({ mask }, i) => {
    if (mask) expect(iouOf(rowOf(bitmaps, i), decodeToBitmap(mask))).toBeGreaterThan(0.99);
  });
}

/**
 * Checks that pasted masks differ from the package's only in pixels within 1e-3 of the threshold: for models that are not
 * trained, whose masks have many.
 */
export function expectDecidedPixels(
  { bitmaps }: OnnxOutputs,
  { config, picture, masks, instances }: Expected,
): void {
  if (masks === null || config.mask === null) return;
  const paste = pasters[config.mask.paste];
  const [, height, width] = masks.shape;
  instances.forEach(({ box }, i) => {
    const mask = masks.data.subarray(i * height * width, (i + 1) * height * width);
    const [all, sure] = [-1e-3, 1e-3].map((margin) =>
      decodeToBitmap(paste(mask, box, picture, 0.5 + margin)),
    );
    const pixels = rowOf(bitmaps, i);
    expect(pixels.length).toBe(all.length);
    expect(pixels.filter((pixel, at) => pixel > all[at] || pixel < sure[at]).length).toBe(0);
  });
}

function rowOf({ shape: [count], data }: Tensor, row: number): number[] {
  const size = data.length / count;
  return Array.from(data.subarray(row * size, (row + 1) * size), Number);
}

/** 1 for two masks without pixels. */
function iouOf(a: readonly number[], b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  const union = a.filter((value, i) => value + b[i] > 0).length;
  return union === 0 ? 1 : a.filter((value, i) => value + b[i] > 1).length / union;
}
