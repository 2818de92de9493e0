import type { ScoredOutcomes } from './scored-outcomes.ts';

/** The detections whose scores lie in one interval. */
export interface CalibrationBin {
  /** The interval: above `from` (or equal, in the first one) up to and including `to`. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean score; NaN-free: bins without detections are left out. */
  readonly score: number;
  /** Fraction of the detections that are correct. */
  readonly correct: number;
}

/** How well scores agree with the fraction of correct detections. */
export interface Calibration {
  /** The intervals that contain detections, ascending. */
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error: the mean distance of score and fraction, weighted by detections (Guo et al. 2017). */
  readonly error: number;
}

/**
 * The reliability diagram of scores, as scikit-learn's `calibration_curve` with uniform bins.
 * @param count Number of bins.
 * @returns Null if there are no detections, or a score is outside 0…1.
 */
export function calibrationOf({ scores, correct }: ScoredOutcomes, count = 10): Calibration | null {
  if (scores.length === 0 || scores[0] > 1 || scores[scores.length - 1] < 0) return null;
  // As numpy.linspace rounds.
  const edges = Array.from({ length: count + 1 }, (_, i) => (i === count ? 1 : i * (1 / count)));
  const sums = edges.slice(1).map(() => ({ count: 0, score: 0, correct: 0 }));
  for (let i = 0; i < scores.length; i++) {
    let bin = 0;
    while (bin < count - 1 && edges[bin + 1] < scores[i]) bin++;
    sums[bin].count++;
    sums[bin].score += scores[i];
    sums[bin].correct += correct[i];
  }
  const bins = sums.flatMap((sum, i) =>
    sum.count === 0
      ? []
      : [
          {
            from: edges[i],
            to: edges[i + 1],
            count: sum.count,
            score: sum.score / sum.count,
            correct: sum.correct / sum.count,
          },
        ],
  );
  const error =
    bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.score - bin.correct), 0) / scores.length;
  return { bins, error };
}
