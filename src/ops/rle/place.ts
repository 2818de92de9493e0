import type { Rle } from './rle.ts';

/**
 * Puts the mask of a part of a picture at its place in the whole.
 * @param mask Over the part, which must lie inside the whole.
 * @param place The part's left column and top row, and the size of the whole.
 */
export function placeRle(
  { size: [height], counts }: Rle,
  place: { left: number; top: number; size: readonly [height: number, width: number] },
): Rle {
  const [fullHeight, fullWidth] = place.size;
  const placed: number[] = [];
  let end = 0;
  const write = (start: number, length: number) => {
    // The parts of a run in two columns touch only where the part is as high as the whole.
    if (placed.length > 0 && start === end) placed[placed.length - 1] += length;
    else placed.push(start - end, length);
    end = start + length;
  };
  let position = 0;
  for (let run = 0; run < counts.length; run++) {
    const stop = position + counts[run];
    while (run % 2 === 1 && position < stop) {
      const column = Math.floor(position / height);
      const length = Math.min(stop, (column + 1) * height) - position;
      write((place.left + column) * fullHeight + place.top + (position - column * height), length);
      position += length;
    }
    position = stop;
  }
  const total = fullHeight * fullWidth;
  if (end < total) placed.push(total - end);
  return { size: [fullHeight, fullWidth], counts: Uint32Array.from(placed) };
}
