import { boxAreas, boxCount } from './boxes.ts';

/** The match of a prediction whose best IoU is below the background threshold. */
export const unmatched = -1;

/** The match of a prediction whose best IoU is between the thresholds: neither object nor background. */
export const ambiguous = -2;

export interface MatchOptions {
  /** A prediction whose best IoU is at least this is matched to that true box. */
  readonly foreground: number;
  /** A prediction whose best IoU is below this is unmatched; in between it is ambiguous. */
  readonly background: number;
  /** Also matches each true box to the predictions that overlap it most, however little, as the RPN requires. */
  readonly allowLowQuality: boolean;
}

/**
 * Matches each prediction to the true box that it overlaps most, like torchvision's `Matcher` on `box_iou`. The matrix
 * of overlaps is never allocated: 200,000 anchors and 100 objects would take 80 MB. A true box that overlaps no
 * prediction at all gets none (torchvision would match it to all of them).
 * @param truth `[G, 4]` x1, y1, x2, y2 in pixels.
 * @param predictions `[N, 4]`, anchors or proposals in the same picture.
 * @returns `[N]` positions in `truth`, `unmatched` or `ambiguous`.
 */
export function matchBoxes(
  truth: Float32Array,
  predictions: Float32Array,
  options: MatchOptions,
): Int32Array {
  const best = new Float32Array(boxCount(predictions));
  const nearest = new Int32Array(best.length);
  const rescued = overlapAll(truth, predictions, { best, nearest });
  const matches = nearest.map((index, i) => {
    if (best[i] >= options.foreground) return index;
    return best[i] < options.background ? unmatched : ambiguous;
  });
  if (options.allowLowQuality) for (const i of rescued) matches[i] = nearest[i];
  return matches;
}

/**
 * Fills in the best overlap of each prediction, and the true box that has it (the first one in a tie).
 * @returns The predictions that overlap some true box most, ties included.
 */
function overlapAll(
  truth: Float32Array,
  predictions: Float32Array,
  { best, nearest }: { best: Float32Array; nearest: Int32Array },
): number[] {
  const areas = boxAreas(predictions);
  const truthAreas = boxAreas(truth);
  const winners: number[] = [];
  for (let g = 0; g < truthAreas.length; g++) {
    const box = truth.subarray(4 * g, 4 * g + 4);
    const [left, top, right, bottom] = box;
    let highest = 0;
    let tied: number[] = [];
    for (let i = 0, at = 0; i < areas.length; i++, at += 4) {
      // Most anchors do not overlap; they are skipped after one or two comparisons.
      if (predictions[at] >= right || predictions[at + 2] <= left) continue;
      if (predictions[at + 1] >= bottom || predictions[at + 3] <= top) continue;
      const intersection = float32Intersection(box, predictions, at);
      const iou = intersectionOverUnion(intersection, truthAreas[g], areas[i]);
      if (iou > best[i]) {
        best[i] = iou;
        nearest[i] = g;
      }
      if (iou > highest) {
        highest = iou;
        tied = [i];
      } else if (iou === highest) tied.push(i);
    }
    for (const winner of tied) winners.push(winner);
  }
  return winners;
}

// Every step is rounded to float32, as in torch: the last bit decides thresholds and ties.
const { fround } = Math;

/** Area of the intersection of `box` with the box at index `at` of a flat list; 0 where they do not overlap. */
export function float32Intersection(box: Float32Array, boxes: Float32Array, at: number): number {
  const width = Math.min(box[2], boxes[at + 2]) - Math.max(box[0], boxes[at]);
  if (width <= 0) return 0;
  const height = Math.min(box[3], boxes[at + 3]) - Math.max(box[1], boxes[at + 1]);
  return height <= 0 ? 0 : fround(fround(width) * fround(height));
}

/** IoU of two boxes, as torchvision's `box_iou` computes it. */
export function intersectionOverUnion(intersection: number, areaA: number, areaB: number): number {
  return fround(intersection / fround(fround(areaA + areaB) - intersection));
}
