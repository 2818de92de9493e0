import type { Picture, RawPicture } from '../image/picture.ts';
import type { Rle } from '../ops/rle/rle.ts';

/** An instance as the exporters need it; `Instance` is one. */
export interface ExportedInstance {
  readonly category: { readonly id: number; readonly name: string };
  /** 0…1 */
  readonly score: number;
  /** x1, y1, x2, y2 in pixels of the upright picture. */
  readonly box: readonly [number, number, number, number];
  /** Null where the model has no mask branch. */
  readonly mask: { readonly rle: Rle } | null;
}

/** The instances of a picture; `Prediction` is one. */
export interface ExportedPrediction {
  /** Size of the upright picture in pixels. */
  readonly width: number;
  readonly height: number;
  /** Best score first. */
  readonly instances: readonly ExportedInstance[];
}

/** A prediction with the picture that it belongs to. */
export interface PicturePrediction {
  /** What results call the picture: its path or file name. */
  readonly name: string;
  readonly prediction: ExportedPrediction;
  /** Its pixels, for measures of intensity. */
  readonly picture?: Picture | RawPicture | undefined;
}
