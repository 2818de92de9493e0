import { UsageError } from '../core/errors.ts';

/** A decoded picture: sRGB, upright, without transparency. */
export interface Picture {
  /** Columns, ≥ 1. */
  readonly width: number;
  /** Rows, ≥ 1. */
  readonly height: number;
  /** `[height, width, 3]` red, green, blue in 0…255, row-major. */
  readonly data: Uint8Array;
  /** The same in 0…65535, of a file with more than 8 bits; what stretches the contrast uses it. `data` has the upper 8 bits. */
  readonly deep?: Uint16Array;
}

/** Decoded pixels from elsewhere: a camera frame, a canvas' `ImageData`, a microscope's buffer. */
export interface RawPicture {
  readonly width: number;
  readonly height: number;
  /** `[height, width, channels]` in 0…255, row-major. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** 1 grey, 3 RGB, 4 RGB and alpha (not premultiplied). */
  readonly channels: 1 | 3 | 4;
}

/**
 * Converts raw pixels to a `Picture`, and checks one that a caller gives: grey is repeated for each channel, alpha is composited over white. RGB data is
 * not copied.
 * @throws UsageError that names the invalid field: a side, the channels or the length of `data`.
 */
export function toPicture(pixels: RawPicture | Picture): Picture {
  if (!('channels' in pixels)) return { ...pixels, ...toPicture({ ...pixels, channels: 3 }) };
  const { width, height, data, channels } = pixels;
  validate(pixels);
  if (channels === 3) {
    return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  }
  const rgb = new Uint8Array(width * height * 3);
  if (channels === 1) repeatGrey(data, rgb);
  else layOverWhite(data, rgb);
  return { width, height, data: rgb };
}

function validate({ width, height, data, channels }: RawPicture): void {
  for (const [name, side] of Object.entries({ width, height })) {
    if (!Number.isInteger(side) || side < 1) {
      throw new UsageError(`raw picture: ${name} must be a whole number of at least 1, got ${side}`);
    }
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new UsageError(`raw picture: channels must be 1, 3 or 4, got ${channels}`);
  }
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw new UsageError('raw picture: data must be a Uint8Array or Uint8ClampedArray');
  }
  const expected = width * height * channels;
  if (data.length !== expected) {
    throw new UsageError(
      `raw picture: ${width}×${height} pixels of ${channels} channels are ${expected} bytes, got ${data.length}`,
    );
  }
}

function repeatGrey(grey: ArrayLike<number>, rgb: Uint8Array): void {
  for (let from = 0, to = 0; from < grey.length; from++, to += 3) {
    rgb[to] = rgb[to + 1] = rgb[to + 2] = grey[from];
  }
}

function layOverWhite(rgba: ArrayLike<number>, rgb: Uint8Array): void {
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3];
    const white = 255 * (255 - alpha) + 127;
    rgb[to] = (rgba[from] * alpha + white) / 255;
    rgb[to + 1] = (rgba[from + 1] * alpha + white) / 255;
    rgb[to + 2] = (rgba[from + 2] * alpha + white) / 255;
  }
}
