import type { Category } from '../config/schema.ts';
import { decodeToBitmap } from '../ops/rle/bitmap.ts';
import { rleToPolygons } from '../ops/rle/contour.ts';
import { rleArea } from '../ops/rle/measure.ts';
import type { Rle } from '../ops/rle/rle.ts';

/** One object found in a picture. Coordinates are pixels of the upright original. */
export interface Instance {
  category: Category;
  /** Probability of the category, 0…1. */
  score: number;
  /** x1, y1, x2, y2; right and bottom exclusive. */
  box: [number, number, number, number];
  /** Null where the model has no mask branch. */
  mask: InstanceMask | null;
  /** Null where the model has no keypoint branch. */
  keypoints: Pose | null;
}

/** The joints of an instance. */
export interface Pose {
  /** In the order of the model's `keypoint.names`. */
  joints: Joint[];
  /** Pairs of joints that are bones, positions in `joints`. */
  skeleton: readonly (readonly [number, number])[];
}

/** The predicted position of a joint; every joint has one, even where it is not visible. */
export interface Joint {
  name: string;
  x: number;
  y: number;
  /** Value of the heat map there, a logit: above about 2 the joint is likely to be visible. */
  score: number;
}

/** The instances that a model finds in one picture. */
export interface Prediction {
  /** Size of the upright picture in pixels. */
  width: number;
  height: number;
  /** Best score first. */
  instances: Instance[];
}

/** The pixels of an instance, stored as run lengths over the whole picture. */
export class InstanceMask {
  readonly rle: Rle;

  constructor(rle: Rle) {
    this.rle = rle;
  }

  /** Number of pixels. */
  get area(): number {
    return rleArea(this.rle);
  }

  /** `[height, width]` row-major, 1 inside. */
  toBitmap(): Uint8Array {
    return decodeToBitmap(this.rle);
  }

  /** Outlines in COCO's form: rings of x1, y1, x2, y2, … in pixels. */
  toPolygons(): number[][] {
    return rleToPolygons(this.rle);
  }
}
