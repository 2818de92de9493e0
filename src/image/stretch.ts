import type { Picture } from './picture.ts';

/**
 * Stretches the contrast: the quantile `low` of all values of the picture, red, green and blue together, becomes 0 and
 * `high` becomes 255; values beyond are clipped. Pictures from microscopes use a small part of the range, which differs
 * between pictures (Schmidt et al. 2018 normalise their input this way). A picture of a single value is not changed.
 * @param low, high Quantiles, 0…1.
 */
export function stretchContrast(picture: Picture, [low, high]: readonly [number, number]): Picture {
  const histogram = new Uint32Array(256);
  for (const value of picture.data) histogram[value]++;
  const from = quantile(histogram, low * picture.data.length);
  const to = quantile(histogram, high * picture.data.length);
  if (to <= from) return picture;
  const table = Uint8ClampedArray.from(histogram, (_, value) => (255 * (value - from)) / (to - from));
  return { ...picture, data: picture.data.map((value) => table[value]) };
}

/** The smallest value that at least `count` values do not exceed. */
function quantile(histogram: Uint32Array, count: number): number {
  let seen = 0;
  for (let value = 0; value < histogram.length; value++) {
    seen += histogram[value];
    if (seen >= count && seen > 0) return value;
  }
  return histogram.length - 1;
}
