import { expect, it } from 'vitest';
import type { PlainBox } from '../product.ts';
import { boxesAt, nextOf } from './candidates.ts';

const boxes: PlainBox[] = [
  [0, 0, 100, 100],
  [10, 10, 30, 30],
  [12, 12, 60, 60],
  [200, 0, 220, 20],
];

it('finds the boxes under a point, the one that it is the middle of first', () => {
  // Off the centre by 0, 0.3 · √2 and ⅓ · √2 of the side.
  expect(boxesAt(boxes, 20, 20)).toEqual([1, 0, 2]);
  expect(boxesAt(boxes, 50, 50)).toEqual([0, 2]);
  expect(boxesAt(boxes, 210, 10)).toEqual([3]);
  expect(boxesAt(boxes, 220, 10)).toEqual([]);
});

it('cycles through them if the same place is clicked again', () => {
  const under = boxesAt(boxes, 20, 20);
  expect(nextOf(under, null)).toBe(1);
  expect(nextOf(under, 1)).toBe(0);
  expect(nextOf(under, 2)).toBe(1);
  expect(nextOf(under, 3)).toBe(1);
  expect(nextOf([], 3)).toBeNull();
});
