import type { EvalDetection } from './objects.ts';

/**
 * By descending score; ties keep their order (the sort is stable).
 * @throws RangeError if a score is not finite.
 */
export function bestFirst(detections: readonly EvalDetection[]): readonly EvalDetection[] {
  for (const { score } of detections)
    if (!Number.isFinite(score)) throw new RangeError(`score ${score} is not a finite number`);
  return detections.length > 1 ? detections.toSorted((a, b) => b.score - a.score) : detections;
}
