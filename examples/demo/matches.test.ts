import { expect, test } from 'vitest';
import { encodeBitmap } from '../../src/ops/rle/bitmap.ts';
import { InstanceMask } from '../../src/predict/instance.ts';
import { matchInstances } from './matches.ts';

/** A box of pixels in a picture of 20 × 10. */
function box(left: number, width: number) {
  const size = [10, 20] as const;
  return encodeBitmap(new Uint8Array(4 * width).fill(1), [4, width], { size, left, top: 2 });
}

const drawn = [
  { category: { id: 17 }, mask: box(0, 8) },
  { category: { id: 18 }, mask: box(10, 8) },
];

const instance = (id: number, left: number, width: number) => ({
  category: { id, name: String(id) },
  mask: new InstanceMask(box(left, width)),
});

test('an instance finds the object of its category that it overlaps by more than half', () => {
  const { ious, found } = matchInstances([instance(17, 0, 6), instance(18, 10, 4)], drawn);
  expect(ious).toEqual([6 / 8, null]);
  expect(found).toBe(1);
});

test('an object is matched once, and only by its category', () => {
  const { ious, found } = matchInstances(
    [instance(17, 0, 8), instance(17, 0, 8), instance(17, 10, 8)],
    drawn,
  );
  expect(ious).toEqual([1, null, null]);
  expect(found).toBe(1);
});
