import type { ResizedMask } from '../../explanation/mask-focus.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { Size } from '../../ops/boxes.ts';
import { exactAxis, type MaskAxis, wholePixelAxis } from '../../ops/mask-axis.ts';
import type { pasters } from '../../ops/pasters.ts';

/** Maximum number of values along one side; of a larger mask every n-th pixel is kept. */
const mostValues = 256;

/** How pasting interpolates along one side of a box, not cut at the right and bottom border of the picture. */
const axes: Record<keyof typeof pasters, (low: number, high: number, side: number) => MaskAxis> = {
  wholePixels: wholePixelAxis,
  exactBox: (low, high, side) => exactAxis(low, high, side, Number.POSITIVE_INFINITY),
};

/**
 * A mask resized to its box but not yet thresholded: the values that pasting computes, pixel by pixel.
 * @param mask `[side · side]` probabilities.
 * @param box In pixels of the picture.
 */
export function resizeMask(
  mask: ArrayLike<number>,
  box: PlainBox,
  { picture, paste }: { picture: Size; paste: keyof typeof pasters },
): ResizedMask {
  const side = Math.sqrt(mask.length);
  const across = axes[paste](box[0], box[2], side);
  const down = axes[paste](box[1], box[3], side);
  const [x, width] = insideOf(across, picture.width);
  const [y, height] = insideOf(down, picture.height);
  const step = Math.max(1, Math.ceil(Math.max(width, height) / mostValues));

  const values: number[] = [];
  const rows = Math.ceil(height / step);
  const columns = Math.ceil(width / step);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = x - across.first + column * step;
      const j = y - down.first + row * step;
      values.push(blend(mask, tapAt(down, j), tapAt(across, i)));
    }
  }
  return { x, y, width, height, step, grid: { rows, columns, values } };
}

/** The first pixel inside the picture, and the number of pixels. */
function insideOf({ first, before }: MaskAxis, extent: number): [start: number, length: number] {
  const start = Math.max(first, 0);
  return [start, Math.max(Math.min(first + before.length, extent) - start, 0)];
}

interface Tap {
  before: number;
  weight: number;
}

function tapAt({ before, weight }: MaskAxis, i: number): Tap {
  return { before: before[i], weight: weight[i] };
}

/** mask[before] · (1 − weight) + mask[before + 1] · weight along both sides, zeros around the mask. */
function blend(mask: ArrayLike<number>, down: Tap, across: Tap): number {
  const side = Math.sqrt(mask.length);
  const at = (y: number, x: number) => (y < 0 || y >= side || x < 0 || x >= side ? 0 : mask[y * side + x]);
  const line = (y: number) =>
    at(y, across.before) + (at(y, across.before + 1) - at(y, across.before)) * across.weight;
  const above = Math.fround(line(down.before));
  return above + (Math.fround(line(down.before + 1)) - above) * down.weight;
}
