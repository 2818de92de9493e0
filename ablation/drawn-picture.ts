import type { CocoCategory } from '../src/data/coco/types.ts';
import type { Picture } from '../src/image/picture.ts';
import type { Rle } from '../src/ops/rle/rle.ts';

/** A picture and its ground truth. */
export interface DrawnPicture {
  readonly picture: Picture;
  readonly objects: readonly {
    readonly category: CocoCategory;
    /** The visible part of the object. */
    readonly mask: Rle;
    /** Fraction of the object that is visible, 0…1. */
    readonly visible: number;
    /** x, y in pixels and COCO's visibility of each joint, for categories that have joints. */
    readonly keypoints?: readonly number[];
  }[];
}
