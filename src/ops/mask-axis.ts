import { interpolateAlong } from '../core/interpolation.ts';

/** How the pixels along one side of a box are interpolated between the cells of its mask. */
export interface MaskAxis {
  /** The first pixel; it may lie outside the picture. */
  readonly first: number;
  /**
   * For each pixel from there on: value = mask[before] · (1 − weight) + mask[before + 1] · weight. Cells outside
   * 0…side − 1 are zero.
   */
  readonly before: Int32Array;
  readonly weight: Float64Array;
}

/**
 * torchvision's rule: a border of one zero is laid around the mask, the side grows with it and is cut to whole pixels,
 * and the mask is resized to these.
 * @param low Where the box begins, in pixels of the picture.
 * @param high Where it ends.
 * @param side Cells of the mask.
 */
export function wholePixelAxis(low: number, high: number, side: number): MaskAxis {
  const padded = side + 2;
  const [first, last] = expandedSide(low, high, padded / side);
  const { before, weight } = interpolateAlong(padded, new Float64Array(Math.max(last - first + 1, 1)));
  for (let i = 0; i < before.length; i++) before[i] -= 1;
  return { first, before, weight };
}

/**
 * A side grown about its centre, its ends cut to whole pixels towards zero. Every step is rounded to float32 as in the
 * reference: an end that falls just short of a whole pixel would move the mask by one.
 */
function expandedSide(low: number, high: number, factor: number): [first: number, last: number] {
  const { fround, trunc } = Math;
  const half = fround(fround(fround(high - low) / 2) * fround(factor));
  const centre = fround(fround(high + low) / 2);
  return [trunc(fround(centre - half)), trunc(fround(centre + half))];
}

/**
 * Detectron2's rule: the centre of every pixel is looked up in the box as it is, not rounded (torch `grid_sample`).
 * Pixels that do not meet the mask are left out.
 * @param extent Pixels of the picture along this side.
 */
export function exactAxis(low: number, high: number, side: number, extent: number): MaskAxis {
  const half = (high - low) / side / 2;
  const first = Math.max(Math.ceil(low - half - 0.5), 0);
  const end = Math.min(Math.floor(high + half + 0.5), extent);
  const count = high > low ? Math.max(end - first, 0) : 0;
  const before = new Int32Array(count);
  const weight = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const position = ((first + i + 0.5 - low) / (high - low)) * side - 0.5;
    before[i] = Math.floor(position);
    weight[i] = position - before[i];
  }
  return { first, before, weight };
}
