import type { Rle } from './rle.ts';
import { eachStretch } from './stretches.ts';

/** The part of a mask inside the smallest box around it. */
export interface RegionPixels {
  /** Column and row of the box's left upper pixel. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** `[height, width]` row-major, 1 inside. */
  readonly inside: Uint8Array;
  /** Number of pixels inside. */
  readonly area: number;
}

/** The pixels of a mask; null where it has none. The whole picture is not decoded. */
export function regionPixels(rle: Rle): RegionPixels | null {
  let [left, top, right, bottom, area] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1, 0];
  eachStretch(rle, (column, start, end) => {
    left = Math.min(left, column);
    right = column;
    top = Math.min(top, start);
    bottom = Math.max(bottom, end - 1);
    area += end - start;
  });
  if (area === 0) return null;
  const width = right - left + 1;
  const height = bottom - top + 1;
  const inside = new Uint8Array(width * height);
  eachStretch(rle, (column, start, end) => {
    for (let row = start; row < end; row++) inside[(row - top) * width + column - left] = 1;
  });
  return { left, top, width, height, inside, area };
}
