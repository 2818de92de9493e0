import type { ScoredOutcomes } from './scored-outcomes.ts';

/** Precision, recall and F1 of the detections that reach a score. */
export interface OperatingPoint {
  /** Minimum score. */
  readonly threshold: number;
  /** Fraction of these detections that are correct; 1 if there are none. */
  readonly precision: number;
  /** Fraction of the objects that they find. */
  readonly recall: number;
  /** Harmonic mean of the two: 2 TP / (2 TP + FP + FN). */
  readonly f1: number;
}

/** The point at a score threshold. @returns Null if there is no object. */
export function pointAt(
  { objects, scores, correct }: ScoredOutcomes,
  threshold: number,
): OperatingPoint | null {
  if (objects === 0) return null;
  let shown = 0;
  let found = 0;
  while (shown < scores.length && scores[shown] >= threshold) found += correct[shown++];
  return operatingPoint(threshold, { shown, found, objects });
}

/** The points at the thresholds 0, 0.01 … 1. Empty if there is no object. */
export function thresholdCurve(outcomes: ScoredOutcomes): OperatingPoint[] {
  return Array.from({ length: 101 }, (_, i) => pointAt(outcomes, i / 100)).filter((point) => point !== null);
}

/**
 * The threshold with the greatest F1; the highest of equals. Any threshold above the next lower score gives the same
 * detections; of these, one with few decimals near the middle is taken.
 * @returns Null if no object is found at any threshold.
 */
export function bestPoint({ objects, scores, correct }: ScoredOutcomes): OperatingPoint | null {
  let best: { shown: number; found: number; f1: number } | null = null;
  let found = 0;
  for (let i = 0; i < scores.length; i++) {
    found += correct[i];
    // Detections of equal score are shown together.
    if (scores[i + 1] === scores[i] || found === 0) continue;
    const f1 = (2 * found) / (i + 1 + objects);
    if (best === null || f1 > best.f1) best = { shown: i + 1, found, f1 };
  }
  if (best === null) return null;
  const { shown } = best;
  const next = shown < scores.length ? scores[shown] : 0;
  return operatingPoint(roundNumber(Math.min(next, scores[shown - 1]), scores[shown - 1]), {
    ...best,
    objects,
  });
}

interface Counts {
  readonly shown: number;
  readonly found: number;
  readonly objects: number;
}

function operatingPoint(threshold: number, { shown, found, objects }: Counts): OperatingPoint {
  return {
    threshold,
    precision: shown === 0 ? 1 : found / shown,
    recall: found / objects,
    f1: (2 * found) / (shown + objects),
  };
}

/** The number with the fewest decimals in the middle half of low … high, where rounded scores change nothing. */
function roundNumber(low: number, high: number): number {
  const middle = (low + high) / 2;
  for (let decimals = 1; decimals <= 6; decimals++) {
    const scale = 10 ** decimals;
    const nearest = Math.round(middle * scale);
    const rounded = [nearest, nearest - 1, nearest + 1].map((units) => units / scale);
    const inside = rounded.find((value) => Math.abs(value - middle) <= (high - low) / 4);
    if (inside !== undefined) return inside;
  }
  return low < high ? middle : high;
}
