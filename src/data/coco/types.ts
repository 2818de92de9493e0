/**
 * The records of COCO JSON, in its own snake_case (https://cocodataset.org/#format-data, #format-results).
 * Fields that real-world files omit are optional; readers document when one is required.
 */

/** Run-length encoding (RLE) of a whole picture, column-major: compressed (`counts` is text) or not (`counts` lists the lengths of the runs). */
export interface CocoRle {
  /** Height, width in pixels. */
  readonly size: readonly [height: number, width: number];
  readonly counts: string | ArrayLike<number>;
}

/** Rings x0,y0,x1,y1,… in pixels; the object is the union of the rings. */
export type CocoPolygons = readonly ArrayLike<number>[];

export type CocoSegmentation = CocoPolygons | CocoRle;

/** x, y of the left upper corner, width, height in pixels. */
export type CocoBox = readonly [x: number, y: number, width: number, height: number];

export interface CocoImage {
  readonly id: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly file_name?: string;
  /** Extension of COCO, for TIFF files: the slice, time or page that is the picture, from 1. */
  readonly page?: number | undefined;
  /** Extension of COCO, for TIFF files: the channel that is the picture, from 1 or by its name in OME-TIFF. */
  readonly channel?: number | string | undefined;
  /** LVIS's: categories that are certainly absent from the picture; see `coverageOf`. */
  readonly neg_category_ids?: readonly number[];
  /** LVIS's: categories of which not every instance is annotated. */
  readonly not_exhaustive_category_ids?: readonly number[];
}

export interface CocoCategory {
  readonly id: number;
  readonly name: string;
  readonly supercategory?: string;
  /** Names of the keypoints, in the order of `keypoints` of an annotation. */
  readonly keypoints?: readonly string[];
  /** Pairs of keypoints, counted from 1. */
  readonly skeleton?: readonly (readonly [number, number])[];
  /** Extension of COCO: pairs of keypoints, counted from 1, that swap in a mirror image. */
  readonly flip?: readonly (readonly [number, number])[];
}

/** One ground-truth object. */
export interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox?: CocoBox;
  /** Pixels. */
  readonly area?: number;
  readonly segmentation?: CocoSegmentation;
  /** 1: a group of objects that were not separated. Absent means 0. */
  readonly iscrowd?: 0 | 1;
  /** x, y, visibility of each keypoint; visibility 0 not labelled, 1 hidden, 2 visible. */
  readonly keypoints?: ArrayLike<number>;
  /** Keypoints with visibility > 0. */
  readonly num_keypoints?: number;
  /** Extension to COCO: the score of a prediction, 0…1. Training and evaluation do not use it. */
  readonly score?: number;
}

/** One detection of a results file. */
export interface CocoResult {
  readonly image_id: number;
  readonly category_id: number;
  readonly score: number;
  readonly bbox?: CocoBox;
  readonly segmentation?: CocoSegmentation;
  readonly keypoints?: ArrayLike<number>;
}

export interface CocoDataset {
  readonly images: readonly CocoImage[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly CocoCategory[];
  readonly info?: Readonly<Record<string, unknown>>;
  readonly licenses?: readonly Readonly<Record<string, unknown>>[];
}
