import type { Category } from '../config/schema.ts';
import { nineDigits } from '../core/nine-digits.ts';
import { decodeToBitmap } from '../ops/rle/bitmap.ts';
import { compressRle } from '../ops/rle/compressed.ts';
import { rleToPolygons } from '../ops/rle/contour.ts';
import { cutToHoles } from '../ops/rle/joined-rings.ts';
import { rleArea } from '../ops/rle/measure.ts';
import { rleToRegions } from '../ops/rle/regions.ts';
import type { Rle } from '../ops/rle/rle.ts';
import { type OutlineOptions, toleranceOf } from '../ops/rle/tolerance.ts';
import type { TilePlan } from './tiles/tile-plan.ts';

/** The data of an instance. Coordinates are pixels of the upright original. */
export interface InstanceData {
  readonly category: Category;
  /** Probability of the category, 0…1. */
  readonly score: number;
  /** x1, y1, x2, y2; right and bottom exclusive. */
  readonly box: [number, number, number, number];
  /** Null where the model has no mask branch. */
  readonly mask: InstanceMask | null;
  /** Null where the model has no keypoint branch. */
  readonly keypoints: Pose | null;
}

/** The keypoints of an instance. */
export interface Pose {
  /** In the order of the model's `keypoint.names`. */
  points: Keypoint[];
  /** Pairs of keypoints that are bones, positions in `points`. */
  skeleton: readonly (readonly [number, number])[];
}

/** The predicted position of a keypoint; every keypoint has one, even where it is not visible. */
export interface Keypoint {
  name: string;
  x: number;
  y: number;
  /** Value of the heat map there, a logit: above about 2 the keypoint is likely to be visible. */
  score: number;
}

/** A mask as JSON: COCO's compressed run-length encoding. */
export interface MaskJson {
  size: [height: number, width: number];
  counts: string;
}

/** An instance as JSON: a record of COCO results without the id of the picture, with the category's name added. */
export interface InstanceJson {
  category_id: number;
  category_name: string;
  /** x, y, width, height in pixels of the upright original. */
  bbox: [x: number, y: number, width: number, height: number];
  score: number;
  /** Absent where the model has no mask branch. */
  segmentation?: MaskJson;
  /** x, y in pixels of the upright original, and 1, for each keypoint; absent where the model has no keypoint branch. */
  keypoints?: number[];
  /** A logit for each keypoint. */
  keypoint_scores?: number[];
}

/** A prediction as JSON. */
export interface PredictionJson {
  width: number;
  height: number;
  instances: InstanceJson[];
}

/** One object found in a picture. */
export class Instance implements InstanceData {
  readonly category: Category;
  readonly score: number;
  readonly box: [number, number, number, number];
  readonly mask: InstanceMask | null;
  readonly keypoints: Pose | null;

  constructor({ category, score, box, mask, keypoints }: InstanceData) {
    this.category = category;
    this.score = score;
    this.box = box;
    this.mask = mask;
    this.keypoints = keypoints;
  }

  /** The instance in COCO's form; `JSON.stringify` calls it. */
  toJSON(): InstanceJson {
    const { category, score, box, mask, keypoints } = this;
    const [x1, y1, x2, y2] = box;
    const json: InstanceJson = {
      category_id: category.id,
      category_name: category.name,
      bbox: [nineDigits(x1), nineDigits(y1), nineDigits(x2 - x1), nineDigits(y2 - y1)],
      score: nineDigits(score),
    };
    if (mask) json.segmentation = mask.toJSON();
    if (keypoints) {
      json.keypoints = keypoints.points.flatMap(({ x, y }) => [nineDigits(x), nineDigits(y), 1]);
      json.keypoint_scores = keypoints.points.map(({ score }) => nineDigits(score));
    }
    return json;
  }
}

/** The instances that a model finds in one picture. */
export class Prediction {
  /** Size of the upright picture in pixels. */
  readonly width: number;
  readonly height: number;
  /** Best score first. */
  readonly instances: Instance[];
  /** Number of instances of lower class score that the detection limit left out; see `maxDetections`. */
  readonly omitted: number;
  /** How the picture was cut into tiles; null: it was predicted as a whole. */
  readonly tiles: TilePlan | null;

  constructor(
    { width, height }: { width: number; height: number },
    instances: Instance[],
    { omitted = 0, tiles = null }: { omitted?: number; tiles?: TilePlan | null } = {},
  ) {
    this.width = width;
    this.height = height;
    this.instances = instances;
    this.omitted = omitted;
    this.tiles = tiles;
  }

  /** The prediction with its instances in COCO's form; `JSON.stringify` calls it. See `toCocoResults` for a file. */
  toJSON(): PredictionJson {
    const { width, height, instances } = this;
    return { width, height, instances: instances.map((instance) => instance.toJSON()) };
  }
}

/** The pixels of an instance, stored as run-length encoding (RLE) over the whole picture. */
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

  /**
   * Outlines in COCO's form: one ring of x1, y1, x2, y2, … in pixels for each connected part, a hole being joined to the
   * outline by a cut of zero width. The exact outlines, the default, rasterise to the same mask.
   * @throws UsageError where an option is unknown or invalid.
   */
  toPolygons(options: OutlineOptions = {}): number[][] {
    const tolerance = toleranceOf('toPolygons', options);
    return tolerance === 0 ? rleToPolygons(this.rle) : rleToRegions(this.rle, tolerance).map(cutToHoles);
  }

  /** The mask as COCO's compressed run-length encoding; `JSON.stringify` calls it. */
  toJSON(): MaskJson {
    const [height, width] = this.rle.size;
    return { size: [height, width], counts: compressRle(this.rle) };
  }
}
