import { rleArea } from './measure.ts';
import type { Rle } from './rle.ts';

/**
 * IoU of boxes, as `bbIou` of COCO's maskApi.c.
 * @param detections, truths x, y, width, height in pixels.
 * @param crowd Per truth. Area outside a detection does not count against a crowd: the denominator is the
 * detection's area alone. Absent: none is a crowd.
 * @returns [detections, truths] row-major, in 0…1.
 */
export function boxIou(
  detections: readonly ArrayLike<number>[],
  truths: readonly ArrayLike<number>[],
  crowd?: readonly boolean[],
): Float64Array {
  const iou = new Float64Array(detections.length * truths.length);
  let at = 0;
  for (const d of detections) {
    const detectionArea = d[2] * d[3];
    for (let t = 0; t < truths.length; t++, at++) {
      const g = truths[t];
      const width = Math.min(d[2] + d[0], g[2] + g[0]) - Math.max(d[0], g[0]);
      if (width <= 0) continue;
      const height = Math.min(d[3] + d[1], g[3] + g[1]) - Math.max(d[1], g[1]);
      if (height <= 0) continue;
      const intersection = width * height;
      iou[at] = intersection / (crowd?.[t] ? detectionArea : detectionArea + g[2] * g[3] - intersection);
    }
  }
  return iou;
}

/**
 * IoU of masks, as `rleIou` of COCO's maskApi.c: computed on runs, and only where the columns of the masks intersect.
 * @param crowd As in `boxIou`.
 * @returns [detections, truths] row-major, in 0…1.
 * @throws RangeError if the masks' pictures differ in size.
 */
export function rleIou(
  detections: readonly Rle[],
  truths: readonly Rle[],
  crowd?: readonly boolean[],
): Float64Array {
  if (detections.length === 0 || truths.length === 0) return new Float64Array(0);
  checkSizes(detections[0].size, detections);
  checkSizes(detections[0].size, truths);
  const iou = new Float64Array(detections.length * truths.length);
  const truthAreas = truths.map(rleArea);
  let at = 0;
  for (const detection of detections) {
    const end = endOf(detection);
    // Only if it is needed.
    let area = -1;
    for (let t = 0; t < truths.length; t++, at++) {
      const truth = truths[t];
      if (detection.counts[0] >= endOf(truth) || truth.counts[0] >= end) continue;
      const intersection = rleIntersection(detection, truth);
      if (intersection === 0) continue;
      if (area < 0) area = rleArea(detection);
      iou[at] = intersection / (crowd?.[t] ? area : area + truthAreas[t] - intersection);
    }
  }
  return iou;
}

/** Position after the last pixel of the foreground, or further on; pixels are counted column by column. */
function endOf({ size: [height, width], counts }: Rle): number {
  return height * width - (counts.length % 2 === 1 ? counts[counts.length - 1] : 0);
}

function checkSizes([height, width]: Rle['size'], masks: readonly Rle[]): void {
  for (const { size } of masks) {
    if (size[0] !== height || size[1] !== width) {
      throw new RangeError(`masks of ${height} × ${width} and of ${size.join(' × ')} cannot be compared`);
    }
  }
}

/** Number of pixels in the foreground of both masks, which are of one picture size. */
export function rleIntersection(
  { counts: a }: Pick<Rle, 'counts'>,
  { counts: b }: Pick<Rle, 'counts'>,
): number {
  let area = 0;
  // Foreground runs [start, end) of both, traversed together.
  let aRun = 1;
  let bRun = 1;
  if (a.length < 2 || b.length < 2) return 0;
  let aStart = a[0];
  let bStart = b[0];
  let aEnd = aStart + a[1];
  let bEnd = bStart + b[1];
  for (;;) {
    const start = Math.max(aStart, bStart);
    const end = Math.min(aEnd, bEnd);
    if (end > start) area += end - start;
    if (aEnd < bEnd) {
      aRun += 2;
      if (aRun >= a.length) return area;
      aStart = aEnd + a[aRun - 1];
      aEnd = aStart + a[aRun];
    } else {
      bRun += 2;
      if (bRun >= b.length) return area;
      bStart = bEnd + b[bRun - 1];
      bEnd = bStart + b[bRun];
    }
  }
}
