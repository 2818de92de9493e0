import type { Rle } from './rle.ts';

/** Number of foreground pixels. */
export function rleArea({ counts }: Pick<Rle, 'counts'>): number {
  let area = 0;
  for (let run = 1; run < counts.length; run += 2) area += counts[run];
  return area;
}

/**
 * The smallest box around the foreground: x, y, width, height in pixels, as `rleToBbox` of COCO's maskApi.c.
 * A run that goes on into the next column makes the box as high as the picture. Without foreground: 0, 0, 0, 0.
 */
export function rleBox({ size: [height, width], counts }: Rle): [number, number, number, number] {
  let left = width;
  let top = height;
  let right = 0;
  let bottom = 0;
  let position = 0;
  let found = false;
  for (let run = 1; run < counts.length; run += 2) {
    const start = position + counts[run - 1];
    position = start + counts[run];
    if (counts[run] === 0) continue;
    found = true;
    const last = position - 1;
    const startColumn = Math.floor(start / height);
    const lastColumn = Math.floor(last / height);
    if (startColumn < left) left = startColumn;
    if (lastColumn > right) right = lastColumn;
    if (startColumn < lastColumn) {
      top = 0;
      bottom = height - 1;
    } else {
      const startRow = start - startColumn * height;
      const lastRow = last - lastColumn * height;
      if (startRow < top) top = startRow;
      if (lastRow > bottom) bottom = lastRow;
    }
  }
  return found ? [left, top, right - left + 1, bottom - top + 1] : [0, 0, 0, 0];
}
