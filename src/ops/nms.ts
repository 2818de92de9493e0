import { boxAreas, takeBoxes } from './boxes.ts';
import { sortByScore } from './top-k.ts';

/**
 * Non-maximum suppression: goes through the boxes from the best score down and drops each that overlaps a
 * kept one by IoU > threshold. As torchvision's `nms`; ties go to the lower index.
 * @param boxes `[N, 4]`
 * @param scores `[N]`
 * @returns Indices of the kept boxes, best first.
 */
export function nms(boxes: Float32Array, scores: Float32Array, threshold: number): number[] {
  const order = sortByScore(scores);
  const ranked = takeBoxes(boxes, order);
  const areas = boxAreas(ranked);
  const suppressed = new Uint8Array(order.length);
  const kept: number[] = [];
  for (let i = 0; i < order.length; i++) {
    if (suppressed[i]) continue;
    kept.push(order[i]);
    const x1 = ranked[4 * i];
    const y1 = ranked[4 * i + 1];
    const x2 = ranked[4 * i + 2];
    const y2 = ranked[4 * i + 3];
    for (let j = i + 1; j < order.length; j++) {
      // Comparisons before the arithmetic: most boxes lie apart.
      const left = ranked[4 * j];
      const top = ranked[4 * j + 1];
      const right = ranked[4 * j + 2];
      const bottom = ranked[4 * j + 3];
      if (left >= x2 || right <= x1 || top >= y2 || bottom <= y1) continue;
      const width = (right < x2 ? right : x2) - (left > x1 ? left : x1);
      const height = (bottom < y2 ? bottom : y2) - (top > y1 ? top : y1);
      const intersection = width * height;
      if (intersection > threshold * (areas[i] + areas[j] - intersection)) suppressed[j] = 1;
    }
  }
  return kept;
}
