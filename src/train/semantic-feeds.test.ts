import { expect, it } from 'vitest';
import { ignoredClass } from '../core/ignored-class.ts';
import { float32Tensor } from '../core/tensor.ts';
import { encodeBitmap } from '../ops/rle/bitmap.ts';
import { semanticFeeds } from './semantic-feeds.ts';

const [rows, columns] = [4, 6];
const classes = 3;

/** Two pictures of 3 × 2 and 6 × 4 pixels: one with an object of class 2, the other with a crowd. */
const batch = {
  names: ['a', 'b'],
  images: float32Tensor([2, 3, rows, columns], new Float32Array(2 * 3 * rows * columns)),
  sizes: [
    { width: 3, height: 2 },
    { width: columns, height: rows },
  ],
  truths: [
    {
      boxes: new Float32Array(4),
      labels: Int32Array.of(2),
      masks: [encodeBitmap(Uint8Array.of(0, 1, 1, 0, 0, 1), [2, 3])],
    },
    {
      boxes: new Float32Array(4),
      labels: Int32Array.of(ignoredClass),
      masks: [encodeBitmap(new Uint8Array(rows * columns).fill(1, 1), [rows, columns])],
    },
  ],
};

it('names the true class of every known pixel within the pictures, each of equal weight', () => {
  const { pixels, pixel_weights } = semanticFeeds(batch, classes);
  const known = Array.from(pixels.data as BigInt64Array, (position) => {
    const at = Number(position);
    const [plane, pixel] = [Math.floor(at / (rows * columns)), at % (rows * columns)];
    return [Math.floor(plane / classes), plane % classes, Math.floor(pixel / columns), pixel % columns];
  });
  // Picture, class, y, x.
  expect(known).toEqual([
    [0, 0, 0, 0],
    [0, 2, 0, 1],
    [0, 2, 0, 2],
    [0, 0, 1, 0],
    [0, 0, 1, 1],
    [0, 2, 1, 2],
    [1, 0, 0, 0],
  ]);
  expect(pixel_weights.shape).toEqual([7, 1]);
  expect([...pixel_weights.data]).toEqual(new Array(7).fill(Math.fround(1 / 7)));
});

it('is empty without data', () => {
  const crowd = { ...batch.truths[1], masks: [encodeBitmap(new Uint8Array(6).fill(1), [2, 3])] };
  const { pixels, pixel_weights } = semanticFeeds(
    { ...batch, sizes: batch.sizes.slice(0, 1), truths: [crowd] },
    classes,
  );
  expect([pixels.shape, pixel_weights.shape]).toEqual([[0], [0, 1]]);
});
