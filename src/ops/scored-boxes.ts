import { isLargeEnough } from './boxes.ts';
import { nms, type OverlapMeasure } from './nms.ts';
import { sortByScore } from './top-k.ts';

/** Boxes, each with a score, a label and its origin: proposals, or detections. */
export interface ScoredBoxes {
  /** `[N, 4]` x1, y1, x2, y2 in pixels. */
  readonly boxes: Float32Array;
  /** `[N]` probabilities. */
  readonly scores: Float32Array;
  /** `[N]` the level of a proposal, the class of a detection. */
  readonly labels: Int32Array;
  /** `[N]` the row that each box was made from: the anchor of a proposal, the proposal of a detection. */
  readonly origins: Uint32Array;
}

/** Boxes chosen from several groups, and the groups as they were on the way. */
export interface SelectedBoxes extends ScoredBoxes {
  /** Each group before NMS, without boxes that are too small; in the order given. */
  readonly candidates: readonly ScoredBoxes[];
  /** Each group after NMS, before the limit on all; best first. */
  readonly survivors: readonly ScoredBoxes[];
}

/** How boxes are chosen. */
export interface SelectionSettings {
  /** Boxes narrower or lower than this are dropped, in pixels. */
  readonly minSize: number;
  /** Boxes that overlap a better one of their group by more than this are dropped. */
  readonly nmsThreshold: number;
  /** @default 'union' */
  readonly nmsOverlap?: OverlapMeasure;
  /** Number of boxes that are kept at most. */
  readonly limit: number;
}

/**
 * Chooses boxes: NMS within each group, then the best of all groups together.
 * @param groups Usually one for each label.
 * @returns Best first; ties in the order of the groups.
 */
export function selectBoxes(
  groups: readonly ScoredBoxes[],
  { minSize, nmsThreshold, nmsOverlap, limit }: SelectionSettings,
): SelectedBoxes {
  const candidates = groups.map((group) => {
    const indices = [...group.scores.keys()].filter((i) => isLargeEnough(group.boxes, i, minSize));
    return takeScored(group, indices);
  });
  const survivors = candidates.map((group) =>
    takeScored(group, nms(group.boxes, group.scores, nmsThreshold, nmsOverlap)),
  );
  return { ...bestOf(survivors, limit), candidates, survivors };
}

/** The boxes at the given positions, in that order. */
export function takeScored(from: ScoredBoxes, indices: ArrayLike<number>): ScoredBoxes {
  const taken = emptyRows(indices.length);
  for (let row = 0; row < indices.length; row++) {
    const i = indices[row];
    for (let c = 0; c < 4; c++) taken.boxes[4 * row + c] = from.boxes[4 * i + c];
    taken.scores[row] = from.scores[i];
    taken.labels[row] = from.labels[i];
    taken.origins[row] = from.origins[i];
  }
  return taken;
}

/** The best of all groups together, best first; ties in the order of the groups. */
export function bestOf(groups: readonly ScoredBoxes[], limit: number): ScoredBoxes {
  const all = emptyRows(groups.reduce((sum, { scores }) => sum + scores.length, 0));
  let offset = 0;
  for (const { boxes, scores, labels, origins } of groups) {
    all.boxes.set(boxes, 4 * offset);
    all.scores.set(scores, offset);
    all.labels.set(labels, offset);
    all.origins.set(origins, offset);
    offset += scores.length;
  }
  return takeScored(all, sortByScore(all.scores).subarray(0, limit));
}

function emptyRows(count: number): ScoredBoxes {
  return {
    boxes: new Float32Array(4 * count),
    scores: new Float32Array(count),
    labels: new Int32Array(count),
    origins: new Uint32Array(count),
  };
}
