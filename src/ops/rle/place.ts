import type { Rle } from './rle.ts';
import { RunWriter } from './run-writer.ts';
import { eachStretch } from './stretches.ts';

/**
 * Puts the mask of a part of a picture at its place in the whole.
 * @param mask Over the part, which must lie inside the whole.
 * @param place The part's left column and top row, and the size of the whole.
 */
export function placeRle(
  mask: Rle,
  place: { left: number; top: number; size: readonly [height: number, width: number] },
): Rle {
  const { left, top, size } = place;
  const [height, width] = size;
  const runs = new RunWriter();
  eachStretch(mask, (column, start, end) => {
    const above = (left + column) * height + top;
    runs.write(above + start, true);
    runs.write(above + end, false);
  });
  return { size: [height, width], counts: runs.finish(height * width) };
}
