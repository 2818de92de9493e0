import type { PlainBox } from '../product.ts';

/**
 * Finds the boxes under a point, sorted by the distance to their centre relative to their size: a click on the middle of
 * an object selects that object rather than one that contains it.
 * @returns Indices into `boxes`.
 */
export function boxesAt(boxes: readonly PlainBox[], x: number, y: number): number[] {
  const distance = ([x1, y1, x2, y2]: PlainBox) =>
    Math.hypot((x - (x1 + x2) / 2) / Math.max(x2 - x1, 1), (y - (y1 + y2) / 2) / Math.max(y2 - y1, 1));
  return [...boxes.keys()]
    .filter((i) => {
      const [x1, y1, x2, y2] = boxes[i];
      return x >= x1 && x < x2 && y >= y1 && y < y2;
    })
    .sort((a, b) => distance(boxes[a]) - distance(boxes[b]));
}

/** The candidate to select by a click: the first, or the one after the current one, so that repeated clicks cycle. */
export function nextOf(candidates: readonly number[], current: number | null): number | null {
  if (candidates.length === 0) return null;
  const place = current === null ? -1 : candidates.indexOf(current);
  return candidates[(place + 1) % candidates.length];
}
