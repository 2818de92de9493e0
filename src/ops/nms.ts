import { BoxGrid } from './box-grid.ts';
import { takeBoxes } from './boxes.ts';
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
  const kept: number[] = [];
  const grid = new BoxGrid(takeBoxes(boxes, order), { threshold, ofSmaller: overlap === 'smaller' });
  order.forEach((box, rank) => {
    if (grid.suppresses(rank)) return;
    grid.add(rank);
    kept.push(box);
  });
  return kept;
}
