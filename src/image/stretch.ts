import type { Picture } from './picture.ts';

/**
 * Stretches the contrast: the quantile `low` of all values of the picture, red, green and blue together, becomes 0 and
 * `high` becomes 255; values beyond are clipped. Pictures from microscopes use a small part of the range, which differs
 * between pictures (Schmidt et al. 2018 normalise their input this way). A picture of a single value is not changed.
 * @param low, high Quantiles, 0…1.
 */
export function stretchContrast(picture: Picture, [low, high]: readonly [number, number]): Picture {
  const histogram = histogramOf(picture.data);
  const from = quantileOf(histogram, low * picture.data.length);
  const to = quantileOf(histogram, high * picture.data.length);
  if (to <= from) return picture;
  const table = Uint8ClampedArray.from(histogram, (_, value) => (255 * (value - from)) / (to - from));
  return { ...picture, data: picture.data.map((value) => table[value]) };
}

/** How often each value 0…255 occurs. */
export function histogramOf(values: Uint8Array): Uint32Array {
  const histogram = new Uint32Array(256);
  for (const value of values) histogram[value]++;
  return histogram;
}

/** The smallest value that at least `count` values do not exceed. */
export function quantileOf(histogram: ArrayLike<number>, count: number): number {
  let seen = 0;
  for (let value = 0; value < histogram.length; value++) {
    seen += histogram[value];
    if (seen >= count && seen > 0) return value;
  }
  return histogram.length - 1;
}
