import { largest } from '../core/extremes.ts';
import { bestFirst } from './best-first.ts';
import type { EvalDetection, EvalTruth } from './objects.ts';
import type { EvalParams } from './params.ts';
import { similarityMatrix } from './similarity.ts';

/** The objects and detections of one picture, compared across categories. */
export interface PicturePairs {
  readonly imageId: number;
  /** Crowds are not among them. */
  readonly objects: readonly EvalTruth[];
  /** By descending score. */
  readonly detections: readonly EvalDetection[];
  /** [detections, objects] row-major, in 0…1. */
  readonly iou: Float64Array;
  /**
   * For each detection the greatest share of it that lies in a crowd of its category; infinite if it is excused (see
   * `EvalDetection.excused`).
   */
  readonly inCrowd: Float64Array;
}

/**
 * Compares every detection of a picture with every object, whatever their categories.
 * @param known Objects and detections of other categories are left out.
 * @throws MaskRcnnError if an object lacks the box or mask that is compared; RangeError if a score is not finite.
 */
export function comparePicture(
  imageId: number,
  truths: readonly EvalTruth[],
  found: readonly EvalDetection[],
  { params, known }: { readonly params: EvalParams; readonly known: ReadonlySet<number> },
): PicturePairs {
  const judged = truths.filter(({ categoryId }) => known.has(categoryId));
  const objects = judged.filter(({ crowd, ignore }) => !crowd && !ignore);
  const crowds = judged.filter(({ crowd }) => crowd);
  const detections = bestFirst(found.filter(({ categoryId }) => known.has(categoryId)));
  const shares = similarityMatrix(detections, crowds, params);
  const inCrowd = Float64Array.from(detections, ({ categoryId, excused }, d) => {
    if (excused) return Number.POSITIVE_INFINITY;
    const own = crowds.map((crowd, c) =>
      crowd.categoryId === categoryId ? shares[d * crowds.length + c] : 0,
    );
    return Math.max(0, largest(own));
  });
  return { imageId, objects, detections, iou: similarityMatrix(detections, objects, params), inCrowd };
}
