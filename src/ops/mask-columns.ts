import type { Rle } from './rle/rle.ts';
import { eachStretch } from './rle/stretches.ts';

/**
 * The foreground of a mask: the rows `[top, bottom)` of column x are at indices `starts[x] … starts[x + 1] −
 * 1`.
 */
export interface MaskColumns {
  readonly starts: Uint32Array;
  readonly tops: readonly number[];
  readonly bottoms: readonly number[];
}

/** Splits the runs of a mask at column ends. */
export function splitIntoColumns(mask: Rle): MaskColumns {
  const [, width] = mask.size;
  const starts = new Uint32Array(width + 1);
  const tops: number[] = [];
  const bottoms: number[] = [];
  eachStretch(mask, (column, top, bottom) => {
    tops.push(top);
    bottoms.push(bottom);
    starts[column + 1] = tops.length;
  });
  for (let x = 1; x <= width; x++) starts[x] = Math.max(starts[x], starts[x - 1]);
  return { starts, tops, bottoms };
}

/**
 * A mask from its columns: the inverse of `splitIntoColumns`.
 * @param column Passes the rows `[top, bottom)` of column x to `emit`, from top to bottom.
 */
export function joinColumns(
  [height, width]: readonly [number, number],
  column: (x: number, emit: (top: number, bottom: number) => void) => void,
): Rle {
  const counts: number[] = [];
  let end = 0;
  for (let x = 0; x < width; x++) {
    column(x, (top, bottom) => {
      const start = x * height + top;
      if (bottom <= top) return;
      // A run that begins where the last one ended, across two columns, extends it.
      if (start === end && counts.length > 0) counts[counts.length - 1] += bottom - top;
      else counts.push(start - end, bottom - top);
      end = x * height + bottom;
    });
  }
  if (end < height * width || counts.length === 0) counts.push(height * width - end);
  return { size: [height, width], counts: Uint32Array.from(counts) };
}
