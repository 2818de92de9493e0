import type { RegionPixels } from '../ops/rle/region-pixels.ts';

/** Length of the outline at a border pixel, by the code of its neighbourhood. */
const weights = new Float64Array(50);
for (const code of [5, 7, 15, 17, 25, 27]) weights[code] = 1;
for (const code of [21, 33]) weights[code] = Math.SQRT2;
for (const code of [13, 23]) weights[code] = (1 + Math.SQRT2) / 2;

/**
 * The perimeter of a region in pixels: a line through the centres of its border pixels (Benkrid and Crookes, "Design and
 * FPGA Implementation of a Perimeter Estimator"; scikit-image's `perimeter` with a neighbourhood of 4).
 */
export function perimeterOf(region: RegionPixels): number {
  // A margin of one pixel spares the checks of the edges.
  const width = region.width + 2;
  const border = borderOf(region, width);
  let perimeter = 0;
  for (let at = width + 1; at < border.length - width - 1; at++) {
    const sides = border[at - width] + border[at + width] + border[at - 1] + border[at + 1];
    const diagonals =
      border[at - width - 1] + border[at - width + 1] + border[at + width - 1] + border[at + width + 1];
    perimeter += weights[border[at] + 2 * sides + 10 * diagonals];
  }
  return perimeter;
}

/** `[height + 2, width]`: 1 at the pixels with a side neighbour that is outside. */
function borderOf(region: RegionPixels, width: number): Uint8Array {
  const padded = new Uint8Array(width * (region.height + 2));
  for (let y = 0; y < region.height; y++) {
    padded.set(region.inside.subarray(y * region.width, (y + 1) * region.width), (y + 1) * width + 1);
  }
  return padded.map((inside, at) =>
    inside && !(padded[at - width] && padded[at + width] && padded[at - 1] && padded[at + 1]) ? 1 : 0,
  );
}
