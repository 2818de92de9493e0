import type { Size } from './boxes.ts';
import { type MaskAxis, wholePixelAxis } from './mask-axis.ts';
import type { Rle } from './rle/rle.ts';
import { RunWriter } from './rle/run-writer.ts';

/** Pixels whose mask probability is above this are foreground by default. */
const defaultThreshold = 0.5;

/**
 * Pastes a mask into a picture as torchvision's `paste_masks_in_image` does: the mask is padded with a border of zeros
 * and the box grows with it, the box is cut to whole pixels, the mask is resized to it bilinearly (pixel centres at
 * half-integers) and thresholded. The result is written as runs, column by column, so that memory is proportional to
 * the outline and not to the picture.
 * @param mask `[side, side]` probabilities, row-major.
 * @param box x1, y1, x2, y2 in pixels of the picture.
 * @param foreground Pixels above it belong to the object; default 0.5.
 */
export function pasteMask(
  mask: Float32Array,
  box: ArrayLike<number>,
  picture: Size,
  foreground = defaultThreshold,
): Rle {
  const side = Math.sqrt(mask.length);
  const padded = padWithZeros(mask, side);
  const across = wholePixelAxis(box[0], box[2], side);
  const down = wholePixelAxis(box[1], box[3], side);
  const cells = rowsOfCells(down, side, picture.height);
  const right = Math.min(across.first + across.before.length, picture.width);

  const runs = new RunWriter();
  const column = new Float32Array(side + 3);
  for (let x = Math.max(across.first, 0); x < right; x++) {
    const i = x - across.first;
    blendColumns(padded, { before: across.before[i] + 1, weight: across.weight[i] }, column);
    const origin = x * picture.height + down.first;
    for (const { cell, first, end } of cells) {
      const above = column[cell + 1];
      const below = column[cell + 2];
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

/** Rows that lie between the same two cells of the mask. */
interface CellRows {
  /** The upper cell, −1 for the border. */
  readonly cell: number;
  /** Positions in the axis, `end` exclusive. */
  readonly first: number;
  readonly end: number;
}

/** The rows inside the picture, cell by cell. */
function rowsOfCells({ first, before }: MaskAxis, side: number, height: number): CellRows[] {
  const cells: CellRows[] = [];
  const end = Math.min(before.length, height - first);
  let row = Math.max(-first, 0);
  for (let cell = -1; cell <= side; cell++) {
    const start = row;
    while (row < end && before[row] === cell) row++;
    if (row > start) cells.push({ cell, first: start, end: row });
  }
  return cells;
}

/**
 * One column of the padded mask, interpolated at an output position; the last value stands twice, as the border repeats.
 * @param before The left column's position in the padded mask.
 */
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
