import type { Picture } from './picture.ts';

/**
 * Stretches the contrast: the quantile `low` of all values of the picture, red, green and blue together, becomes 0 and
 * `high` becomes 255; values beyond are clipped. Pictures from microscopes use a small part of the range, which differs
 * between pictures (Schmidt et al. 2018 normalise their input this way). Values of 16 bits are stretched before they are
 * reduced to 8. A picture of a single value is not changed.
 * @param low, high Quantiles, 0…1.
 */
export function stretchContrast(picture: Picture, [low, high]: readonly [number, number]): Picture {
  const { width, height } = picture;
  const values = valuesOf(picture);
  const histogram = histogramOf(values);
  const from = quantileOf(histogram, low * values.length);
  const to = quantileOf(histogram, high * values.length);
  if (to <= from) return { width, height, data: picture.data };
  const table = Uint8ClampedArray.from(histogram, (_, value) => (255 * (value - from)) / (to - from));
  const stretched = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) stretched[i] = table[values[i]];
  return { width, height, data: stretched };
}

/** The values of a picture at the depth of its file. */
export function valuesOf({ data, deep }: Picture): Uint8Array | Uint16Array {
  return deep ?? data;
}

/** How often each value occurs that the type can hold. */
export function histogramOf(values: Uint8Array | Uint16Array): Uint32Array {
  const histogram = new Uint32Array(2 ** (8 * values.BYTES_PER_ELEMENT));
  for (let i = 0; i < values.length; i++) histogram[values[i]]++;
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
