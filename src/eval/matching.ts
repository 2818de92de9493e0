/** What became of a detection at one threshold and area range. */
export const outcome = { falsePositive: 0, truePositive: 1, ignored: 2 } as const;

/** The objects of one picture and class. */
export interface MatchTruths {
  /** Does not count in this area range. */
  readonly ignored: ArrayLike<number>;
  readonly crowd: ArrayLike<number>;
  /** A match with it counts as none (see `EvalTruth.id`). */
  readonly voided: ArrayLike<number>;
}

export interface MatchInput {
  /** [detections, truths] row-major, detections by falling score. */
  readonly similarity: Float64Array;
  readonly detections: number;
  readonly truths: MatchTruths;
  /** Per detection: outside this area range, so unmatched it is ignored. */
  readonly outside: ArrayLike<number>;
  readonly thresholds: readonly number[];
}

/**
 * Gives objects to detections as COCO's evaluator does (`evaluateImg`): the surest detection first, each takes
 * the most similar object that is free, at least as similar as the threshold, and of those that count before
 * those that do not. A crowd is never used up. Of equals the last one wins.
 * @param outcomes Receives [detections, thresholds] of `outcome`, starting at `at`, with `stride` between detections.
 */
export function matchDetections(
  { similarity, detections, truths, outside, thresholds }: MatchInput,
  outcomes: Uint8Array,
  at: number,
  stride: number,
): void {
  const { ignored, crowd, voided } = truths;
  const count = ignored.length;
  if (count === 0) {
    for (let d = 0; d < detections; d++) {
      outcomes.fill(judge(-1, d), at + d * stride, at + d * stride + thresholds.length);
    }
    return;
  }
  const order = countingFirst(ignored);
  const taken = new Uint8Array(count);
  for (let t = 0; t < thresholds.length; t++) {
    const threshold = Math.min(thresholds[t], 1 - 1e-10);
    taken.fill(0);
    for (let d = 0; d < detections; d++) {
      let best = threshold;
      let match = -1;
      for (let i = 0; i < count; i++) {
        const truth = order[i];
        if (taken[truth] && !crowd[truth]) continue;
        // From here on all are ignored ones; one that counts is taken before them.
        if (match >= 0 && !ignored[match] && ignored[truth]) break;
        const value = similarity[d * count + truth];
        if (value < best) continue;
        best = value;
        match = truth;
      }
      if (match >= 0) taken[match] = 1;
      outcomes[at + d * stride + t] = judge(match, d);
    }
  }

  function judge(match: number, detection: number): number {
    if (match >= 0 && ignored[match]) return outcome.ignored;
    if (match >= 0 && !voided[match]) return outcome.truePositive;
    return outside[detection] ? outcome.ignored : outcome.falsePositive;
  }
}

/** Indices of those that count, then of the ignored ones, each in their order. */
function countingFirst(ignored: ArrayLike<number>): Int32Array {
  const order = new Int32Array(ignored.length);
  let at = 0;
  for (const wanted of [0, 1]) {
    for (let i = 0; i < ignored.length; i++) if (ignored[i] === wanted) order[at++] = i;
  }
  return order;
}
