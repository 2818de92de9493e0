import { BoxGrid } from './box-grid.ts';
import { boxAreas, takeBoxes } from './boxes.ts';
import { sortByScore } from './top-k.ts';

/**
 * The denominator of the overlap: the union of two boxes (IoU), or the smaller box, which gives 1 for a box
 * inside another.
 */
export type OverlapMeasure = 'union' | 'smaller';

/**
 * Non-maximum suppression: visits the boxes by descending score and drops each that overlaps a kept one by
 * more than the threshold. As torchvision's `nms`; ties go to the lower index.
 * @param boxes `[N, 4]`
 * @param scores `[N]`
 * @param overlap Default: IoU.
 * @returns Indices of the kept boxes, best first.
 */
export function nms(
  boxes: Float32Array,
  scores: Float32Array,
  threshold: number,
  overlap: OverlapMeasure = 'union',
): number[] {
  const order = sortByScore(scores);
  const ranked = takeBoxes(boxes, order);
  const areas = boxAreas(ranked);
  const kept: number[] = [];
  const grid = new BoxGrid(ranked);
  const ofSmaller = overlap === 'smaller';
  // A small box may lie anywhere in a large one, at any distance from its centre.
  const reach = ofSmaller ? Infinity : reachOf(threshold);
  let [x1, y1, x2, y2, area] = [0, 0, 0, 0, 0];
  const suppresses = (other: number): boolean => {
    const left = ranked[4 * other];
    const top = ranked[4 * other + 1];
    const right = ranked[4 * other + 2];
    const bottom = ranked[4 * other + 3];
    if (left >= x2 || right <= x1 || top >= y2 || bottom <= y1) return false;
    const width = (right < x2 ? right : x2) - (left > x1 ? left : x1);
    const height = (bottom < y2 ? bottom : y2) - (top > y1 ? top : y1);
    const intersection = width * height;
    const whole = ofSmaller ? Math.min(areas[other], area) : areas[other] + area - intersection;
    return intersection > threshold * whole;
  };
  for (let i = 0; i < order.length; i++) {
    x1 = ranked[4 * i];
    y1 = ranked[4 * i + 1];
    x2 = ranked[4 * i + 2];
    y2 = ranked[4 * i + 3];
    area = areas[i];
    if (grid.someNear(i, reach, suppresses)) continue;
    grid.add(i);
    kept.push(order[i]);
  }
  return kept;
}

/**
 * The maximum distance between the centres of two boxes with IoU > threshold, as a fraction of the extent of
 * one of them. The overlap along an axis is above t times the larger extent m and at most the smaller, e, so
 * m < e / t; and with distance d between the centres it is at most (m + e) / 2 − d, so
 * d < (1 − t) · m < (1 − t) / t · e.
 */
function reachOf(threshold: number): number {
  // Areas are rounded to float32, so the computed IoU can be slightly above the true one.
  const minIou = threshold - 1e-4;
  return minIou > 0 ? (1 - minIou) / minIou : Infinity;
}
