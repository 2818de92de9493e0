import { isLargeEnough, takeBoxes } from './boxes.ts';
import { nms, type OverlapMeasure } from './nms.ts';
import { sortByScore } from './top-k.ts';

/** Boxes with a score and a label each: the level of a proposal, the class of a detection. */
export interface ScoredBoxes {
  /** `[N, 4]` x1, y1, x2, y2 in pixels. */
  readonly boxes: Float32Array;
  /** `[N]` probabilities. */
  readonly scores: Float32Array;
  /** `[N]` */
  readonly labels: Int32Array;
}

/** The boxes at the given positions, in that order. */
export function takeScored({ boxes, scores, labels }: ScoredBoxes, indices: ArrayLike<number>): ScoredBoxes {
  return {
    boxes: takeBoxes(boxes, indices),
    scores: Float32Array.from(indices, (i) => scores[i]),
    labels: Int32Array.from(indices, (i) => labels[i]),
  };
}

/** How NMS thins boxes. */
export interface NmsSettings {
  readonly nmsThreshold: number;
  /** By default IoU. */
  readonly nmsOverlap?: OverlapMeasure;
}

/** The boxes of one label that are at least `minSize` pixels wide and high and survive NMS, best first. */
export function thinOut(
  candidates: ScoredBoxes,
  minSize: number,
  { nmsThreshold, nmsOverlap }: NmsSettings,
): ScoredBoxes {
  const indices = [...candidates.scores.keys()].filter((i) => isLargeEnough(candidates.boxes, i, minSize));
  const valid = takeScored(candidates, indices);
  return takeScored(valid, nms(valid.boxes, valid.scores, nmsThreshold, nmsOverlap));
}

/** The best of all groups together, best first; ties in the order of the groups. */
export function bestOf(groups: readonly ScoredBoxes[], limit: number): ScoredBoxes {
  const counts = groups.map(({ scores }) => scores.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const all: ScoredBoxes = {
    boxes: new Float32Array(4 * total),
    scores: new Float32Array(total),
    labels: new Int32Array(total),
  };
  let offset = 0;
  groups.forEach((group, i) => {
    all.boxes.set(group.boxes, 4 * offset);
    all.scores.set(group.scores, offset);
    all.labels.set(group.labels, offset);
    offset += counts[i];
  });
  return takeScored(all, sortByScore(all.scores).subarray(0, limit));
}
