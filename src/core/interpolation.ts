/** For each output position along one side: out = in[before] · (1 − weight) + in[before + 1] · weight. */
export interface Interpolation<Weights extends Float32Array | Float64Array> {
  readonly before: Int32Array;
  readonly weight: Weights;
}

/**
 * Bilinear interpolation along one side, pixel centres at half-integers (torch `interpolate`, `align_corners=False`,
 * scale recomputed from the sizes). The scale is rounded to float32, as torch's is: with a float64 scale the coordinates
 * on a side of 12,000 pixels would differ by a thousandth of a pixel. A position beyond the last input, or before the
 * first, takes that input's value; `before + 1` may then be one past the end.
 * @param from Number of inputs, 1 or more.
 * @param weight Filled with the weights, 0…1, and returned. Its length is the number of outputs, its type the precision:
 * float32 for pictures, as in torch; float64 for masks, which are compared with a threshold that rounding should not
 * decide.
 */
export function interpolateAlong<Weights extends Float32Array | Float64Array>(
  from: number,
  weight: Weights,
): Interpolation<Weights> {
  const to = weight.length;
  const before = new Int32Array(to);
  const scale = Math.fround(from / to);
  for (let i = 0; i < to; i++) {
    const position = Math.max(scale * (i + 0.5) - 0.5, 0);
    before[i] = Math.min(Math.floor(position), from - 1);
    weight[i] = position - before[i];
  }
  return { before, weight };
}
