import { symbol } from '../graph/dim.ts';
import type { SelectionSettings } from '../ops/scored-boxes.ts';
import { boxAreas, boxSizes } from './boxes.ts';
import type { Operators } from './operators.ts';

/** Boxes with their scores and labels. */
export interface Candidates {
  /** `[N, 4]` */
  readonly boxes: string;
  /** `[N]` probabilities. */
  readonly scores: string;
  /** `[N]` int64 */
  readonly labels: string;
}

/**
 * `selectBoxes` (ops/scored-boxes.ts): boxes that are large enough, NMS within each label, and the best of all. Ties are
 * resolved in the order of the candidates.
 * @param labelRange The labels that there may be, first and last.
 */
export function selectedBoxes(
  o: Operators,
  candidates: Candidates,
  { minSize, nmsThreshold, nmsOverlap, limit }: SelectionSettings,
  labelRange: readonly [number, number],
): Candidates {
  const smaller = o.write.value('ReduceMin', [boxSizes(o, candidates.boxes)], { axes: [1], keepdims: 0 });
  const large = takeCandidates(o, candidates, o.positions(o.atLeast(smaller, minSize)));
  const ranked = takeCandidates(o, large, o.greatest(large.scores, null).indices);
  const survivors =
    nmsOverlap === 'smaller'
      ? notInside(o, ranked, nmsThreshold)
      : notOverlapping(o, ranked, { nmsThreshold, limit, labelRange });
  return takeCandidates(o, ranked, o.slice(survivors, 0, 0, limit));
}

export function takeCandidates(
  o: Operators,
  { boxes, scores, labels }: Candidates,
  indices: string,
): Candidates {
  return {
    boxes: o.gather(boxes, indices),
    scores: o.gather(scores, indices),
    labels: o.gather(labels, indices),
  };
}

/** NMS by IoU. @param ranked Best first. @returns The positions of the survivors, ascending. */
function notOverlapping(
  o: Operators,
  { boxes, scores, labels }: Candidates,
  {
    nmsThreshold,
    limit,
    labelRange: [first, last],
  }: {
    nmsThreshold: number;
    limit: number;
    labelRange: readonly [number, number];
  },
): string {
  const each = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const isOfLabel = o.equal(o.unsqueeze(labels, 0), o.reshape(o.int(...each), [-1, 1]));
  const byLabel = o.unsqueeze(o.where(isOfLabel, o.unsqueeze(scores, 0), -1), 0);
  // Scores are probabilities: −0.5 separates them from the −1 of other labels.
  const inputs = [o.unsqueeze(boxes, 0), byLabel, o.int(limit), o.float(nmsThreshold), o.float(-0.5)];
  const chosen = o.gather(o.apply('NonMaxSuppression', ...inputs), o.index(2), 1);
  // Runtimes list the survivors in different orders.
  const marks = o.apply('ConstantOfShape', o.apply('Shape', scores));
  const ones = o.apply('Expand', 1, o.apply('Shape', chosen));
  const marked = o.write.value('ScatterElements', [marks, chosen, ones], { axis: 0 });
  return o.positions(o.cast(marked, 'bool'));
}

/**
 * NMS by the share of the smaller box, for which ONNX has no operator: a loop over the boxes, in which each that was not
 * suppressed before suppresses others of its label.
 * @param ranked Best first.
 * @returns The positions of the survivors, ascending.
 */
function notInside(o: Operators, { boxes, labels }: Candidates, threshold: number): string {
  const areas = boxAreas(o, boxes);
  const first = o.slice(boxes, 1, 0, 2);
  const second = o.slice(boxes, 1, 2, 4);
  const count = o.extent(labels, 0);
  const places = o.range(count);
  const initial = o.atLeast(places, o.index(0));
  const state = { initial, dtype: 'bool', shape: [symbol('boxes')] } as const;
  const { states } = o.loop(o.squeeze(count), [state], [], (i, [alive]) => {
    const overlap = o.sub(o.min(second, o.gather(second, i)), o.max(first, o.gather(first, i)));
    const shared = o.write.value('ReduceProd', [o.max(overlap, 0)], { axes: [1], keepdims: 0 });
    const covers = o.greater(shared, o.mul(o.min(areas, o.gather(areas, i)), threshold));
    const isLater = o.and(o.greater(places, i), o.equal(labels, o.gather(labels, i)));
    const suppressed = o.and(o.and(covers, isLater), o.gather(alive, i));
    return { states: [o.and(alive, o.apply('Not', suppressed))], results: [] };
  });
  return o.positions(states[0]);
}
