/** Right and bottom are exclusive. */
export type PlainBox = [x1: number, y1: number, x2: number, y2: number];

/** Values on a grid, row-major. */
export interface Grid {
  rows: number;
  columns: number;
  values: number[];
}

/** Run-length encoding (RLE) of a mask as in COCO: column by column, background first. */
export interface PlainRle {
  size: [height: number, width: number];
  counts: number[];
}

/** Keypoints in pixels of the original, and the bones between them as positions in `points`. */
export interface PlainPose {
  /** Scores are logits. */
  points: { name: string; x: number; y: number; score: number }[];
  skeleton: [from: number, to: number][];
}
