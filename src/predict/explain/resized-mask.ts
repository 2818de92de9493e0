import type { PlainBox, ResizedMask } from '../../explanation/explanation.ts';
import type { Size } from '../../ops/boxes.ts';
import { type Samples, samplesAlong } from '../../ops/paste-mask-exactly.ts';

/** Values along one side of what is kept; a larger mask is shown by every n-th pixel. */
const mostValues = 256;

/** Where the pixels along one side of a box fall in its mask, not cut at the picture's border. */
const axes: Record<'wholePixels' | 'exactBox', (from: number, to: number, side: number) => Samples> = {
  wholePixels: (from, to, side) => {
    const [first, last] = expand(from, to, (side + 2) / side);
    return { first, taps: interpolation(side + 2, Math.max(last - first + 1, 1)) };
  },
  exactBox: (from, to, side) => samplesAlong([from, to], side, Number.POSITIVE_INFINITY),
};

/**
 * A mask resized to its box but not yet thresholded: what pasting computes on its way, pixel by pixel. With
 * `wholePixels` that is the same border of zeros, expansion and rounding as in `pasteMask`.
 * @param mask `[side · side]` probabilities.
 * @param box In pixels of the picture.
 */
export function resizeMask(
  mask: ArrayLike<number>,
  box: PlainBox,
  { picture, paste }: { picture: Size; paste: keyof typeof axes },
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
      values.push(
        blend(mask, down.taps[y - down.first + row * step], across.taps[x - across.first + column * step]),
      );
    }
  }
  return { x, y, width, height, step, grid: { rows, columns, values } };
}

/** The first pixel inside the picture, and how many there are. */
function insideOf({ first, taps }: Samples, extent: number): [start: number, length: number] {
  const start = Math.max(first, 0);
  return [start, Math.max(Math.min(first + taps.length, extent) - start, 0)];
}

/** A side of the box grown about its centre, cut to whole pixels towards zero; float32 as the reference. */
function expand(low: number, high: number, factor: number): [number, number] {
  const { fround, trunc } = Math;
  const half = fround(fround(fround(high - low) / 2) * fround(factor));
  const centre = fround(fround(high + low) / 2);
  return [trunc(fround(centre - half)), trunc(fround(centre + half))];
}

/** Over a mask of `from` values with its border, of which the first is at −1. */
function interpolation(from: number, to: number): Samples['taps'] {
  const scale = Math.fround(from / to);
  return Array.from({ length: to }, (_, i) => {
    const position = Math.max(scale * (i + 0.5) - 0.5, 0);
    const before = Math.min(Math.floor(position), from - 1);
    return { before: before - 1, weight: position - before };
  });
}

/** mask[before] · (1 − weight) + mask[before + 1] · weight along both sides, zeros around the mask. */
function blend(
  mask: ArrayLike<number>,
  down: Samples['taps'][number],
  across: Samples['taps'][number],
): number {
  const side = Math.sqrt(mask.length);
  const at = (y: number, x: number) => (y < 0 || y >= side || x < 0 || x >= side ? 0 : mask[y * side + x]);
  const line = (y: number) =>
    at(y, across.before) + (at(y, across.before + 1) - at(y, across.before)) * across.weight;
  const above = Math.fround(line(down.before));
  return above + (Math.fround(line(down.before + 1)) - above) * down.weight;
}
