import type { Shape } from './shapes.ts';

/** The orders of the list of instances, by their words. */
export const orders = ['sortScore', 'sortLargest', 'sortSmallest'] as const;
export type Order = (typeof orders)[number];

/** @param shapes By descending score. */
export function sortShapes(shapes: readonly Shape[], order: Order): readonly Shape[] {
  if (order === 'sortScore') return shapes;
  const sign = order === 'sortLargest' ? -1 : 1;
  return shapes.toSorted((a, b) => sign * (a.instance.area - b.instance.area));
}
