import type { Poses } from './poses.ts';
import type { Rle } from './rle/rle.ts';

/** The true objects in one picture. */
export interface GroundTruth {
  /** `[G, 4]` x1, y1, x2, y2 in pixels; every box has an area. */
  readonly boxes: Float32Array;
  /** `[G]` class indices, 1 and up. */
  readonly labels: Int32Array;
  /** `[G]`, each of the size of the picture. */
  readonly masks: readonly Rle[];
  /** `[G]`, false where the mask is only the filled box, which the mask branch does not learn; absent if all are true. */
  readonly hasMask?: readonly boolean[];
  /** Present if keypoints are annotated and the model is to learn them. */
  readonly poses?: Poses;
  /**
   * Class indices of which objects may be in the picture without an annotation; absent if every object is annotated.
   * Regions without an annotated object are then background or one of these classes.
   */
  readonly unknown?: readonly number[];
}
