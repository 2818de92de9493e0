import type { Picture } from '../../image/picture.ts';
import { joinColumns, type MaskColumns, splitIntoColumns } from '../../ops/mask-columns.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { rleBox } from '../../ops/rle/measure.ts';
import type { Rle } from '../../ops/rle/rle.ts';

/** Geometric transforms of masks, on runs; the counterparts of those of pictures. */

/** Mirrors left and right. */
export function mirrorMask(mask: Rle): Rle {
  const width = mask.size[1];
  const columns = splitIntoColumns(mask);
  return joinColumns(mask.size, (x, emit) => eachRun(columns, width - 1 - x, emit));
}

/** Mirrors top and bottom. */
export function flipMask(mask: Rle): Rle {
  const height = mask.size[0];
  const { starts, tops, bottoms } = splitIntoColumns(mask);
  return joinColumns(mask.size, (x, emit) => {
    for (let run = starts[x + 1] - 1; run >= starts[x]; run--)
      emit(height - bottoms[run], height - tops[run]);
  });
}

/** Swaps rows and columns. */
export function transposeMask(mask: Rle): Rle {
  const [height, width] = mask.size;
  const [left, top, boxWidth, boxHeight] = rleBox(mask);
  const columns = splitIntoColumns(mask);
  // [boxWidth, boxHeight] row-major: a column of the mask is a row of the transposed one.
  const bitmap = new Uint8Array(boxWidth * boxHeight);
  for (let x = 0; x < boxWidth; x++) {
    const row = x * boxHeight - top;
    eachRun(columns, left + x, (from, to) => bitmap.fill(1, row + from, row + to));
  }
  return encodeBitmap(bitmap, [boxWidth, boxHeight], { size: [width, height], left: top, top: left });
}

/** A part of a picture, or a larger canvas around it if `left` and `top` are negative. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The part of a mask within a window, at the window's size. */
export function cropMask(mask: Rle, { left, top, width, height }: Window): Rle {
  const columns = splitIntoColumns(mask);
  return joinColumns([height, width], (x, emit) => {
    if (left + x < 0 || left + x >= mask.size[1]) return;
    eachRun(columns, left + x, (from, to) => emit(Math.max(from - top, 0), Math.min(to - top, height)));
  });
}

/** Resizes a mask by nearest neighbour: torch `interpolate`, mode `nearest`, as torchvision resizes masks. */
export function resizeMask(mask: Rle, { width, height }: Pick<Picture, 'width' | 'height'>): Rle {
  const rows = nearest(mask.size[0], height);
  const columnsOf = nearest(mask.size[1], width);
  // The first output row taken from input row y or a later one.
  const firstRow = new Int32Array(mask.size[0] + 1).fill(height);
  for (let y = height - 1; y >= 0; y--) firstRow[rows[y]] = y;
  for (let y = mask.size[0] - 1; y >= 0; y--) firstRow[y] = Math.min(firstRow[y], firstRow[y + 1]);
  const columns = splitIntoColumns(mask);
  return joinColumns([height, width], (x, emit) => {
    eachRun(columns, columnsOf[x], (from, to) => emit(firstRow[from], firstRow[to]));
  });
}

/** For each output position, the input position. */
function nearest(from: number, to: number): Int32Array {
  const scale = Math.fround(from / to);
  return Int32Array.from({ length: to }, (_, i) => Math.min(Math.floor(Math.fround(i * scale)), from - 1));
}

function eachRun(
  { starts, tops, bottoms }: MaskColumns,
  x: number,
  visit: (top: number, bottom: number) => void,
): void {
  for (let run = starts[x]; run < starts[x + 1]; run++) visit(tops[run], bottoms[run]);
}
