import { describe, expect, it } from 'vitest';
import { exactAxis, wholePixelAxis } from './mask-axis.ts';

// Agreement with torchvision and Detectron2 is tested on pasted masks.
describe('the pixels along a side of a box', () => {
  it('are whole, and cover the border of the mask, as in torchvision', () => {
    const { first, before, weight } = wholePixelAxis(10, 38, 28);
    expect(first).toBe(9);
    expect(before).toHaveLength(31);
    expect([before[0], before.at(-1)]).toEqual([-1, 28]);
    expect(weight.every((w) => w >= 0 && w < 1)).toBe(true);
  });

  it('meet the cells exactly where the box has a pixel for each, as in Detectron2', () => {
    const { first, before, weight } = exactAxis(10, 26, 16, 100);
    expect(first).toBe(9);
    expect([...before]).toEqual(Array.from({ length: before.length }, (_, i) => i - 1));
    expect([...weight].every((w) => w === 0)).toBe(true);
  });

  it('are cut at the picture, and none where the box has no extent', () => {
    expect(exactAxis(-5, 23, 28, 10)).toMatchObject({ first: 0, before: { length: 10 } });
    expect(exactAxis(5, 5, 28, 10).before).toHaveLength(0);
  });
});
