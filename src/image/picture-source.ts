import type { Picture, RawPicture } from './picture.ts';
import type { PlaneChoice } from './plane-choice.ts';

/**
 * The instances of a global class; `never` in programs whose libraries do not declare it, so that neither Node's types nor
 * the browser's are needed to use the package.
 */
export type GlobalClass<Name extends string> = Name extends string
  ? typeof globalThis extends Record<Name, { prototype: infer Instance }>
    ? Instance
    : never
  : never;

/** A picture file, and which part of it is the picture; see `PlaneChoice`. In Node only. */
export interface PictureFile extends PlaneChoice {
  /** A path, an http(s) address, or the bytes of the file. */
  readonly file: string | Uint8Array;
  /** What messages call it. Default: the path or address; `picture in memory`. */
  readonly name?: string | undefined;
  /** Pictures with more pixels are refused, unless they are predicted by tiles. Default: as `decodePicture`. */
  readonly maxPixels?: number | undefined;
}

/** What a canvas can draw. */
export type CanvasPicture = GlobalClass<
  | 'HTMLImageElement'
  | 'SVGImageElement'
  | 'HTMLVideoElement'
  | 'HTMLCanvasElement'
  | 'ImageBitmap'
  | 'OffscreenCanvas'
  | 'VideoFrame'
>;

/**
 * What a model takes for a picture:
 * - a string: in Node the path of a file or an http(s) address, in a browser an address
 * - `Uint8Array`, `Blob` or `File`: the bytes of a picture file
 * - in Node, `PictureFile`: one page or channel of a file
 * - `RawPicture`, `ImageData` or `Picture`, which `decodePicture` gives: pixels
 * - in a browser, anything that a canvas can draw: an image or video element (its current frame), `ImageBitmap`, another
 *   canvas, `VideoFrame`
 */
export type PictureSource =
  | string
  | Uint8Array
  | PictureFile
  | RawPicture
  | Picture
  | GlobalClass<'Blob'>
  | GlobalClass<'ImageData'>
  | CanvasPicture;
