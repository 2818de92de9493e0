import type { PlainBox } from '../product.ts';

/**
 * The boxes under a point, those first whose centre it is nearest to, in units of the box: a click into the middle of
 * something means that thing, not what happens to contain it.
 * @returns Positions in `boxes`.
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

/** The one to follow next of those under a click: the first, or the one after that which is followed already. */
export function nextOf(candidates: readonly number[], current: number | null): number | null {
  if (candidates.length === 0) return null;
  const place = current === null ? -1 : candidates.indexOf(current);
  return candidates[(place + 1) % candidates.length];
}
