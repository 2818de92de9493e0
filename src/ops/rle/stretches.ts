import type { Rle } from './rle.ts';

/** Calls back with the foreground of each column, in order: rows `start` to `end`, exclusive. */
export function eachStretch(
  { size: [height], counts }: Rle,
  callback: (column: number, start: number, end: number) => void,
): void {
  let position = 0;
  for (let run = 0; run < counts.length; run++) {
    const end = position + counts[run];
    while (run % 2 === 1 && position < end) {
      const column = Math.floor(position / height);
      const stop = Math.min(end, (column + 1) * height);
      callback(column, position - column * height, stop - column * height);
      position = stop;
    }
    position = end;
  }
}
