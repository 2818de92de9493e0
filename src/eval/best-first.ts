import type { EvalDetection } from './objects.ts';

/**
 * By descending score; ties keep their order (the sort is stable).
 * @throws RangeError if a score is not finite.
 */
export function bestFirst(detections: readonly EvalDetection[]): readonly EvalDetection[] {
  requireFiniteScores(detections);
  return detections.length > 1 ? detections.toSorted((a, b) => b.score - a.score) : detections;
}

/** @throws RangeError if a score is not finite. */
export function requireFiniteScores(detections: readonly EvalDetection[]): void {
  for (const { score } of detections)
    if (!Number.isFinite(score)) throw new RangeError(`score ${score} is not a finite number`);
}
