/** The outcome of a detection at one threshold and area range. */
export const outcome = { falsePositive: 0, truePositive: 1, ignored: 2 } as const;

/** The objects of one picture and class. */
export interface MatchTruths {
  /** Whether it is not counted in this area range. */
  readonly ignored: ArrayLike<number>;
  readonly crowd: ArrayLike<number>;
  /** Whether a match with it counts as none (see `EvalTruth.id`). */
  readonly voided: ArrayLike<number>;
}

export interface MatchInput {
  /** [detections, truths] row-major, detections by descending score. */
  readonly similarity: Float64Array;
  readonly detections: number;
  readonly truths: MatchTruths;
  /** Per detection: whether it is outside this area range or excused, so that it is ignored if unmatched. */
  readonly outside: ArrayLike<number>;
  readonly thresholds: readonly number[];
}

/**
 * Matches detections with objects as COCO's evaluator does (`evaluateImg`): by descending score, each takes
 * the most similar free object with at least the threshold's similarity, preferring objects that count over
 * those that do not. A crowd can be matched any number of times. Among equals the last one wins.
 * @param outcomes Receives [detections, thresholds] of `outcome`, starting at `at`, with `stride` between
 * detections.
 */
export function matchDetections(
  { similarity, detections, truths, outside, thresholds }: MatchInput,
  outcomes: Uint8Array,
  at: number,
  stride: number,
): void {
  const { ignored, crowd, voided } = truths;
  const count = ignored.length;
  if (count > taken.length) [taken, order] = [new Uint8Array(2 * count), new Int32Array(2 * count)];
  orderCountingFirst(ignored, order);
  for (let t = 0; t < thresholds.length; t++) {
    const threshold = Math.min(thresholds[t], 1 - 1e-10);
    taken.fill(0, 0, count);
    for (let d = 0; d < detections; d++) {
      let best = threshold;
      let match = -1;
      for (let i = 0; i < count; i++) {
        const truth = order[i];
        const value = similarity[d * count + truth];
        if (value < best || (taken[truth] && !crowd[truth])) continue;
        // From here on all are ignored; one that counts takes precedence.
        if (match >= 0 && !ignored[match] && ignored[truth]) break;
        best = value;
        match = truth;
      }
      if (match >= 0) taken[match] = 1;
      let judged: number = outside[d] ? outcome.ignored : outcome.falsePositive;
      if (match >= 0 && ignored[match]) judged = outcome.ignored;
      else if (match >= 0 && !voided[match]) judged = outcome.truePositive;
      outcomes[at + d * stride + t] = judged;
    }
  }
}

/** Of the objects of the last call: whether a detection has taken it, and their order. */
let taken = new Uint8Array(64);
let order = new Int32Array(64);

/** Indices of those that count, then of the ignored ones, each in order. */
function orderCountingFirst(ignored: ArrayLike<number>, indices: Int32Array): void {
  let at = 0;
  for (let i = 0; i < ignored.length; i++) if (!ignored[i]) indices[at++] = i;
  for (let i = 0; i < ignored.length; i++) if (ignored[i]) indices[at++] = i;
}
