import type { Rle } from './rle.ts';

/** The position of a bitmap inside a larger picture; parts outside the picture are cut off. */
export interface Placement {
  /** Height, width of the picture in pixels. */
  readonly size: readonly [height: number, width: number];
  /** Column of the picture at the bitmap's left edge; may be negative. */
  readonly left: number;
  readonly top: number;
}

/**
 * Encodes a bitmap as runs.
 * @param bitmap [height, width] row-major; any value but 0 is foreground.
 * @param placement Puts the bitmap into a larger picture; the pixels around it are background.
 * @throws RangeError if the bitmap's length is not height · width.
 */
export function encodeBitmap(
  bitmap: Uint8Array,
  [height, width]: readonly [number, number],
  placement: Placement = { size: [height, width], left: 0, top: 0 },
): Rle {
  if (bitmap.length !== height * width) {
    throw new RangeError(
      `a bitmap of ${height} × ${width} needs ${height * width} values, got ${bitmap.length}`,
    );
  }
  const [fullHeight, fullWidth] = placement.size;
  const { left, top } = placement;
  const firstRow = Math.max(0, -top);
  const endRow = Math.min(height, fullHeight - top);
  const firstColumn = Math.max(0, -left);
  const endColumn = Math.min(width, fullWidth - left);
  const changes: number[] = [];
  let value = 0;
  for (let x = firstColumn; x < endColumn; x++) {
    const column = (x + left) * fullHeight;
    // A run continues into the next column only if the bitmap touches the picture's bottom and top edges.
    if (value !== 0 && firstRow + top > 0) {
      changes.push(column);
      value = 0;
    }
    for (let y = firstRow, at = firstRow * width + x; y < endRow; y++, at += width) {
      const pixel = bitmap[at] === 0 ? 0 : 1;
      if (pixel !== value) {
        changes.push(column + top + y);
        value = pixel;
      }
    }
    if (value !== 0 && endRow + top < fullHeight) {
      changes.push(column + top + endRow);
      value = 0;
    }
  }
  // Foreground up to the last row of the crop's last column ends with that column.
  const end = (endColumn + left) * fullHeight;
  if (value !== 0 && end < fullHeight * fullWidth) changes.push(end);
  return { size: [fullHeight, fullWidth], counts: lengthsOf(changes, fullHeight * fullWidth) };
}

/** [height, width] row-major; 1 is foreground. */
export function decodeToBitmap({ size: [height, width], counts }: Rle): Uint8Array {
  const bitmap = new Uint8Array(height * width);
  let position = 0;
  for (let run = 0; run < counts.length; run++) {
    const end = position + counts[run];
    if (run % 2 === 1) fillRun(bitmap, position, end, [height, width]);
    position = end;
  }
  return bitmap;
}

function fillRun(bitmap: Uint8Array, start: number, end: number, [height, width]: [number, number]): void {
  let x = Math.floor(start / height);
  let y = start - x * height;
  for (let position = start; position < end; position++) {
    bitmap[y * width + x] = 1;
    if (++y === height) {
      y = 0;
      x++;
    }
  }
}

/** Lengths of the runs between ascending change positions in a picture of `total` pixels. */
function lengthsOf(changes: readonly number[], total: number): Uint32Array {
  const counts = new Uint32Array(changes.length + 1);
  let previous = 0;
  for (let i = 0; i < changes.length; i++) {
    counts[i] = changes[i] - previous;
    previous = changes[i];
  }
  counts[changes.length] = total - previous;
  return counts;
}
