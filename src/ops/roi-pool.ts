import type { Float32Tensor } from '../core/tensor.ts';
import type { QuantisedBins } from './quantised-bins.ts';

/**
 * RoIPool of one RoI on the host, as a reference: the maximum of each bin, 0 if a bin has no pixel inside the
 * map (Girshick 2015).
 * @param map `[1, C, H, W]`
 * @param x,y The RoI's bins along each axis.
 * @returns `[C · resolution · resolution]`, row-major.
 */
export function roiPool(
  { shape: [, channels, height, width], data }: Float32Tensor,
  x: Pick<QuantisedBins, 'bins'>,
  y: Pick<QuantisedBins, 'bins'>,
): Float32Array {
  const pooled = new Float32Array(channels * x.bins.length * y.bins.length);
  let out = 0;
  for (let channel = 0; channel < channels; channel++) {
    const plane = data.subarray(channel * height * width, (channel + 1) * height * width);
    for (const rows of y.bins) for (const columns of x.bins) pooled[out++] = largest(plane, rows, columns);
  }

  function largest(plane: Float32Array, [top, bottom]: [number, number], [left, right]: [number, number]) {
    let most = Number.NEGATIVE_INFINITY;
    for (let row = Math.max(top, 0); row < Math.min(bottom, height); row++) {
      for (let column = Math.max(left, 0); column < Math.min(right, width); column++) {
        most = Math.max(most, plane[row * width + column]);
      }
    }
    return most === Number.NEGATIVE_INFINITY ? 0 : most;
  }
  return pooled;
}
