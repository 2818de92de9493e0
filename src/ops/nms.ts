import { boxAreas, boxCount } from './boxes.ts';
import { sortByScore } from './top-k.ts';

/**
 * Non-maximum suppression: goes through the boxes from the best score down and drops each that overlaps a
 * kept one by IoU > threshold. As torchvision's `nms`; ties go to the lower index.
 * @param boxes `[N, 4]`
 * @param scores `[N]`
 * @returns Indices of the kept boxes, best first.
 */
export function nms(boxes: Float32Array, scores: Float32Array, threshold: number): number[] {
  const areas = boxAreas(boxes);
  const suppressed = new Uint8Array(boxCount(boxes));
  const order = sortByScore(scores);
  const kept: number[] = [];
  for (let rank = 0; rank < order.length; rank++) {
    const i = order[rank];
    if (suppressed[i]) continue;
    kept.push(i);
    const x1 = boxes[4 * i];
    const y1 = boxes[4 * i + 1];
    const x2 = boxes[4 * i + 2];
    const y2 = boxes[4 * i + 3];
    for (let later = rank + 1; later < order.length; later++) {
      const j = order[later];
      const width = Math.min(x2, boxes[4 * j + 2]) - Math.max(x1, boxes[4 * j]);
      if (width <= 0) continue;
      const height = Math.min(y2, boxes[4 * j + 3]) - Math.max(y1, boxes[4 * j + 1]);
      if (height <= 0) continue;
      const intersection = width * height;
      if (intersection > threshold * (areas[i] + areas[j] - intersection)) suppressed[j] = 1;
    }
  }
  return kept;
}
