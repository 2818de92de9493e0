import type { Grid, PlainBox, PlainPose, PlainRle } from '../../explanation/plain.ts';
import { boxAt, intersectionArea } from '../../ops/boxes.ts';
import type { OverlapMeasure } from '../../ops/nms.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import type { Pose } from '../instance.ts';

/** All boxes of `[N, 4]`. */
export function boxList(boxes: Float32Array): PlainBox[] {
  return Array.from({ length: boxes.length / 4 }, (_, i) => boxAt(boxes, i));
}

/** One row of `[N, length]`. */
export function rowOf(data: Float32Array, row: number, length: number): number[] {
  return [...data.subarray(row * length, (row + 1) * length)];
}

/** Four decimals are more than a drawing of the values shows, and half the length in JSON. */
export function roundedGrid(rows: number, columns: number, values: ArrayLike<number>): Grid {
  return { rows, columns, values: Array.from(values, (value) => Math.round(value * 1e4) / 1e4) };
}

export function plainRle({ size: [height, width], counts }: Rle): PlainRle {
  return { size: [height, width], counts: [...counts] };
}

export function plainPose({ points, skeleton }: Pose): PlainPose {
  return { points, skeleton: skeleton.map(([from, to]) => [from, to]) };
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Binary cross-entropy of a logit with a target in 0…1, without overflow: log(1 + e^x) − x·t. */
export function binaryCrossEntropy(x: number, target: number): number {
  return Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Intersection of two boxes divided by their union (IoU), or by the smaller one; 0 where that is empty. */
export function overlapOf(a: PlainBox, b: PlainBox, measure: OverlapMeasure = 'union'): number {
  const common = intersectionArea(a, b);
  const area = ([x1, y1, x2, y2]: PlainBox) => (x2 - x1) * (y2 - y1);
  const whole = measure === 'smaller' ? Math.min(area(a), area(b)) : area(a) + area(b) - common;
  return whole > 0 ? common / whole : 0;
}
