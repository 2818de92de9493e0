import { MaskRcnnError } from '../core/errors.ts';
import { rleArea } from '../ops/rle/measure.ts';
import type { Rle } from '../ops/rle/rle.ts';

/** x, y of the left upper corner, width, height in pixels. */
export type EvalBox = readonly [x: number, y: number, width: number, height: number];

/** One object of the truth, as far as evaluation needs it. */
export interface EvalTruth {
  readonly categoryId: number;
  /** Pixels; decides which area ranges count the object. Absent: the mask's, or else the box's. */
  readonly area?: number | undefined;
  /** For `bbox`; for `keypoints` where no joint is labelled. */
  readonly box?: EvalBox | undefined;
  /** For `segm`. */
  readonly mask?: Rle | undefined;
  /** For `keypoints`: x, y, visibility of each joint; visibility 0 is not labelled. */
  readonly keypoints?: ArrayLike<number> | undefined;
  /** A group of objects: detections inside are not counted as false, and finding it counts nothing. */
  readonly crowd?: boolean;
  /** Counts nothing, neither when found nor when missed (COCO: a person without labelled joints). */
  readonly ignore?: boolean;
  /**
   * The annotation's id. COCO's evaluator takes a match with an object whose id is 0 for no match, and so does
   * this one: the object is missed whatever is detected. No other id matters.
   */
  readonly id?: number;
}

/** One detection, as far as evaluation needs it. */
export interface EvalDetection {
  readonly categoryId: number;
  /** Any finite number; higher is surer. */
  readonly score: number;
  /** Pixels; an unmatched detection counts in the area ranges that hold it. Absent: as for the truth. */
  readonly area?: number | undefined;
  readonly box?: EvalBox | undefined;
  readonly mask?: Rle | undefined;
  /** x, y, anything of each joint. */
  readonly keypoints?: ArrayLike<number> | undefined;
}

export interface EvalCategory {
  readonly id: number;
  readonly name: string;
}

/**
 * The area in pixels that decides the area range: the given one, else the mask's, else the box's.
 * @throws MaskRcnnError where the object has none of them.
 */
export function areaOf(object: EvalTruth | EvalDetection): number {
  if (object.area !== undefined) return object.area;
  if (object.mask !== undefined) return rleArea(object.mask);
  if (object.box !== undefined) return object.box[2] * object.box[3];
  throw new MaskRcnnError('an object needs an area, a mask or a box');
}
