import type { Size } from './boxes.ts';
import type { Rle } from './rle/rle.ts';
import { RunWriter } from './rle/run-writer.ts';

/** Pixels whose mask probability is above this are foreground, unless the caller says otherwise. */
const usualThreshold = 0.5;

/**
 * Puts a mask at its place in a picture, as torchvision's `paste_masks_in_image`: a border of zeros is laid
 * around the mask and the box grows with it, the box is cut to whole pixels, the mask is resized to it
 * bilinearly (pixel centres at half-integers) and thresholded. The result is written as runs column by
 * column, so the memory is that of the outline, not of the picture.
 * @param mask `[side, side]` probabilities, row-major.
 * @param box x1, y1, x2, y2 in pixels of the picture.
 * @param foreground Pixels above it belong to the object; default 0.5.
 */
export function pasteMask(
  mask: Float32Array,
  box: ArrayLike<number>,
  picture: Size,
  foreground = usualThreshold,
): Rle {
  const side = Math.sqrt(mask.length);
  const padded = padWithZeros(mask, side);
  const [x1, y1, x2, y2] = expandedBox(box, (side + 2) / side);
  const across = interpolation(side + 2, Math.max(x2 - x1 + 1, 1));
  const down = interpolation(side + 2, Math.max(y2 - y1 + 1, 1));
  const cells = rowsOfCells(down, side + 2, { first: Math.max(-y1, 0), end: picture.height - y1 });
  const right = Math.min(x1 + across.before.length, picture.width);

  const runs = new RunWriter();
  const column = new Float32Array(side + 3);
  for (let x = Math.max(x1, 0); x < right; x++) {
    blendColumns(padded, { before: across.before[x - x1], weight: across.weight[x - x1] }, column);
    const origin = x * picture.height + y1;
    for (const { cell, first, end } of cells) {
      const above = column[cell];
      const below = column[cell + 1];
      // Between two values on the same side of the threshold every pixel is on that side.
      if (above > foreground === below > foreground) {
        runs.write(origin + first, above > foreground);
        continue;
      }
      for (let row = first; row < end; row++) {
        runs.write(origin + row, above + (below - above) * down.weight[row] > foreground);
      }
    }
    runs.write(origin + (cells.at(-1)?.end ?? 0), false);
  }
  return { size: [picture.height, picture.width], counts: runs.finish(picture.height * picture.width) };
}

function padWithZeros(mask: Float32Array, side: number): Float32Array {
  const padded = new Float32Array((side + 2) ** 2);
  for (let y = 0; y < side; y++)
    padded.set(mask.subarray(y * side, (y + 1) * side), (y + 1) * (side + 2) + 1);
  return padded;
}

/**
 * The box grown about its centre, corners cut to whole pixels towards zero. Every step is rounded to float32
 * as in the reference: a corner that falls a hair short of a whole pixel would move the mask by one.
 */
function expandedBox(box: ArrayLike<number>, factor: number): [number, number, number, number] {
  const { fround, trunc } = Math;
  const grow = (low: number, high: number) => {
    const half = fround(fround(fround(high - low) / 2) * fround(factor));
    const centre = fround(fround(high + low) / 2);
    return [trunc(fround(centre - half)), trunc(fround(centre + half))];
  };
  const [x1, x2] = grow(box[0], box[2]);
  const [y1, y2] = grow(box[1], box[3]);
  return [x1, y1, x2, y2];
}

/** For each output position: value = in[before] · (1 − weight) + in[before + 1] · weight. */
interface Interpolation {
  readonly before: Int32Array;
  readonly weight: Float64Array;
}

function interpolation(from: number, to: number): Interpolation {
  const scale = Math.fround(from / to);
  const before = new Int32Array(to);
  const weight = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const position = Math.max(scale * (i + 0.5) - 0.5, 0);
    before[i] = Math.min(Math.floor(position), from - 1);
    weight[i] = position - before[i];
  }
  return { before, weight };
}

/** The output rows that lie between two values of the mask: `first` to `end`, within a range. */
function rowsOfCells({ before }: Interpolation, side: number, range: { first: number; end: number }) {
  const cells: { cell: number; first: number; end: number }[] = [];
  let row = range.first;
  for (let cell = 0; cell < side; cell++) {
    const first = row;
    while (row < Math.min(before.length, range.end) && before[row] === cell) row++;
    if (row > first) cells.push({ cell, first, end: row });
  }
  return cells;
}

/** One column of the mask at its output position; the last value stands twice, as the border repeats. */
function blendColumns(
  mask: Float32Array,
  { before, weight }: { before: number; weight: number },
  column: Float32Array,
): void {
  const side = column.length - 1;
  const after = Math.min(before + 1, side - 1);
  for (let y = 0; y < side; y++) {
    const left = mask[y * side + before];
    column[y] = left + (mask[y * side + after] - left) * weight;
  }
  column[side] = column[side - 1];
}
