import type { Grid, PlainBox, PlainPose, PlainRle } from '../../explanation/plain.ts';
import { boxAt } from '../../ops/boxes.ts';
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

/** Intersection of two boxes divided by their union (IoU), or by the smaller one; 0 where that is empty. */
export function overlapOf(a: PlainBox, b: PlainBox, measure: OverlapMeasure = 'union'): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const common = width > 0 && height > 0 ? width * height : 0;
  const area = ([x1, y1, x2, y2]: PlainBox) => (x2 - x1) * (y2 - y1);
  const whole = measure === 'smaller' ? Math.min(area(a), area(b)) : area(a) + area(b) - common;
  return whole > 0 ? common / whole : 0;
}
