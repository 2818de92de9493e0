import sharp from 'sharp';

/** Premultiplied RGBA. */
export interface Raster {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** `[height, width, 4]`, colours already multiplied by alpha. */
  readonly data: Uint8Array;
}

/** A cut-out picture of an object in decreasing sizes, ready to be warped. */
export interface Texture {
  /** Width / height of the visible part. */
  readonly aspect: number;
  /** Square rasters, finest first; the art fills the centre, with `margin` on each side. */
  readonly levels: readonly Raster[];
  /** The blurred black silhouette of the art, with the same geometry. */
  readonly shadow: Raster;
}

/** Transparent border of a texture as a fraction of its side, for soft edges and the shadow. */
export const margin = 1 / 14;

const finestSide = 224;
const levelCount = 3;
/** Fainter pixels at the edge of a picture are cropped like empty ones. */
const faintAlpha = 12;

/**
 * Rasterises a picture file: crops transparent borders, stretches the rest to a square with a margin (the aspect is
 * stored as a number) and computes the smaller sizes.
 */
export async function makeTexture(file: Uint8Array): Promise<Texture> {
  const { data, info } = await sharp(file)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const shape = { width: info.width, height: info.height, channels: 4 } as const;
  const box = boundsOf(data, info.width);
  const border = Math.round(finestSide * margin);
  const inner = finestSide - 2 * border;
  const rgba = await sharp(data, { raw: shape })
    .extract(box)
    .resize(inner, inner, { fit: 'fill' })
    .extend({ top: border, bottom: border, left: border, right: border, background: '#00000000' })
    .raw()
    .toBuffer();
  const levels = [premultiply(rgba, finestSide)];
  while (levels.length < levelCount) levels.push(halve(levels[levels.length - 1]));
  return { aspect: box.width / box.height, levels, shadow: silhouette(levels[levels.length - 1]) };
}

/** The coarsest raster that is not smaller than the drawn size, so that no texels are skipped. */
export function levelFor({ levels }: Texture, side: number): Raster {
  return levels.findLast((level) => level.width >= side) ?? levels[0];
}

/** The bounding box of all but faint pixels. */
function boundsOf(rgba: Uint8Array, width: number) {
  let [left, top, right, bottom] = [width, rgba.length, 0, 0];
  for (let at = 3, pixel = 0; at < rgba.length; at += 4, pixel++) {
    if (rgba[at] < faintAlpha) continue;
    const x = pixel % width;
    const y = (pixel - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = y + 1;
  }
  return { left, top, width: right - left, height: bottom - top };
}

function premultiply(rgba: Uint8Array, side: number): Raster {
  const data = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3];
    for (let channel = 0; channel < 3; channel++)
      data[at + channel] = (rgba[at + channel] * alpha + 127) / 255;
    data[at + 3] = alpha;
  }
  return { width: side, height: side, data };
}

/** Means of 2 × 2 pixels. */
function halve({ width, height, data }: Raster): Raster {
  const half = { width: width / 2, height: height / 2, data: new Uint8Array(data.length / 4) };
  for (let at = 0; at < half.data.length; at++) {
    const pixel = at >> 2;
    const x = pixel % half.width;
    const y = (pixel - x) / half.width;
    const from = 4 * (2 * y * width + 2 * x) + (at & 3);
    half.data[at] =
      (data[from] + data[from + 4] + data[from + 4 * width] + data[from + 4 * width + 4] + 2) >> 2;
  }
  return half;
}

/** The alpha channel, blurred by two passes of a 5 × 5 box filter. */
function silhouette({ width, height, data }: Raster): Raster {
  let alpha: Float32Array = Float32Array.from({ length: width * height }, (_, pixel) => data[4 * pixel + 3]);
  for (let pass = 0; pass < 2; pass++) alpha = blurAlong(blurAlong(alpha, 1), width);
  const black = new Uint8Array(data.length);
  for (let pixel = 0; pixel < alpha.length; pixel++) black[4 * pixel + 3] = alpha[pixel];
  return { width, height, data: black };
}

/** Means of five neighbours. The margin is empty, so wrapping around at the borders has no effect. */
function blurAlong(alpha: Float32Array, step: number): Float32Array {
  return alpha.map((value, at) => {
    let sum = value;
    for (const away of [-2, -1, 1, 2]) sum += alpha[at + away * step] ?? 0;
    return sum / 5;
  });
}
