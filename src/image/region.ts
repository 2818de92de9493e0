import type { Picture } from './picture.ts';

/** A rectangle of a picture, in its pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of a region, which must lie inside the picture. */
export function cropPicture(picture: Picture, { left, top, width, height }: Region): Picture {
  if (width === picture.width && height === picture.height) return picture;
  const copy = <Values extends Uint8Array | Uint16Array>(from: Values, to: Values) => {
    for (let y = 0; y < height; y++) {
      const start = ((top + y) * picture.width + left) * 3;
      to.set(from.subarray(start, start + width * 3), y * width * 3);
    }
    return to;
  };
  const values = 3 * width * height;
  const data = copy(picture.data, new Uint8Array(values));
  if (!picture.deep) return { width, height, data };
  return { width, height, data, deep: copy(picture.deep, new Uint16Array(values)) };
}

/** What two regions share; null where that is nothing. */
export function sharedRegion(a: Region, b: Region): Region | null {
  const left = Math.max(a.left, b.left);
  const top = Math.max(a.top, b.top);
  const width = Math.min(a.left + a.width, b.left + b.width) - left;
  const height = Math.min(a.top + a.height, b.top + b.height) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : null;
}
