import type { Rle } from './rle.ts';

/** Number of foreground pixels. */
export function rleArea({ counts }: Pick<Rle, 'counts'>): number {
  let area = 0;
  for (let run = 1; run < counts.length; run += 2) area += counts[run];
  return area;
}

/** Number of foreground pixels inside a rectangle. */
export function rleAreaWithin(
  { size: [height], counts }: Rle,
  { left, top, ...extent }: { left: number; top: number; width: number; height: number },
): number {
  const [right, bottom] = [left + extent.width, top + extent.height];
  let area = 0;
  let position = 0;
  for (let run = 0; run < counts.length; run++) {
    const end = position + counts[run];
    if (run % 2 === 1) {
      for (let start = position; start < end; ) {
        const column = Math.floor(start / height);
        const columnStart = column * height;
        const stop = Math.min(end, columnStart + height);
        const rows = Math.min(stop - columnStart, bottom) - Math.max(start - columnStart, top);
        if (column >= left && column < right && rows > 0) area += rows;
        start = stop;
      }
    }
    position = end;
  }
  return area;
}

/**
 * The smallest box around the foreground: x, y, width, height in pixels, as `rleToBbox` of COCO's maskApi.c.
 * A run that continues into the next column makes the box as high as the picture. Without foreground: 0, 0,
 * 0, 0.
 */
export function rleBox({ size: [height, width], counts }: Rle): [number, number, number, number] {
  let left = width;
  let top = height;
  let right = 0;
  let bottom = 0;
  let position = 0;
  let found = false;
  // The current position's column, and where it starts: runs are short, so stepping is cheaper than dividing.
  let column = 0;
  let columnStart = 0;
  for (let run = 1; run < counts.length; run += 2) {
    const start = position + counts[run - 1];
    position = start + counts[run];
    if (counts[run] === 0) continue;
    if (!found) {
      column = Math.floor(start / height);
      columnStart = column * height;
      left = column;
      found = true;
    }
    while (start >= columnStart + height) {
      column++;
      columnStart += height;
    }
    const startRow = start - columnStart;
    const last = position - 1;
    if (last >= columnStart + height) {
      top = 0;
      bottom = height - 1;
      column = Math.floor(last / height);
      columnStart = column * height;
    } else {
      if (startRow < top) top = startRow;
      if (last - columnStart > bottom) bottom = last - columnStart;
    }
    right = column;
  }
  return found ? [left, top, right - left + 1, bottom - top + 1] : [0, 0, 0, 0];
}
