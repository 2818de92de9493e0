import { MaskRcnnError } from '../core/errors.ts';
import { rleArea } from '../ops/rle/measure.ts';
import type { Rle } from '../ops/rle/rle.ts';

/** x, y of the top left corner, width, height in pixels. */
export type EvalBox = readonly [x: number, y: number, width: number, height: number];

/** One true object, as far as evaluation needs it. */
export interface EvalTruth {
  readonly categoryId: number;
  /** In pixels; decides which area ranges count the object. Default: the mask's, else the box's. */
  readonly area?: number | undefined;
  /** For `bbox`; for `keypoints` if no keypoint is labelled. */
  readonly box?: EvalBox | undefined;
  /** For `segm`. */
  readonly mask?: Rle | undefined;
  /** For `keypoints`: x, y, visibility of each keypoint; visibility 0 means not labelled. */
  readonly keypoints?: ArrayLike<number> | undefined;
  /** A group of objects: detections inside are not false positives, and finding it does not count. */
  readonly crowd?: boolean;
  /** Does not count, whether found or missed (COCO: a person without labelled keypoints). */
  readonly ignore?: boolean;
  /**
   * The annotation's id. COCO's evaluator treats a match with an object whose id is 0 as no match, and so
   * does this one: the object is missed whatever is detected. No other id matters.
   */
  readonly id?: number;
}

/** One detection, as far as evaluation needs it. */
export interface EvalDetection {
  readonly categoryId: number;
  /** Any finite number; higher means more confident. */
  readonly score: number;
  /**
   * In pixels; an unmatched detection counts in the area ranges that contain it. Default: as for the truth.
   */
  readonly area?: number | undefined;
  readonly box?: EvalBox | undefined;
  readonly mask?: Rle | undefined;
  /** x, y and any third number for each keypoint. */
  readonly keypoints?: ArrayLike<number> | undefined;
  /**
   * Not counted as false if it matches no object, because not every object of its category is annotated in the
   * picture (`not_exhaustive_category_ids` of LVIS).
   */
  readonly excused?: boolean;
}

export interface EvalCategory {
  readonly id: number;
  readonly name: string;
}

/**
 * The area in pixels that decides the area range: the given one, else the mask's, else the box's.
 * @throws MaskRcnnError if the object has none of them.
 */
export function areaOf(object: EvalTruth | EvalDetection): number {
  if (object.area !== undefined) return object.area;
  if (object.mask !== undefined) return rleArea(object.mask);
  if (object.box !== undefined) return object.box[2] * object.box[3];
  throw new MaskRcnnError('an object needs an area, a mask or a box');
}
