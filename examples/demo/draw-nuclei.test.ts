import { expect, test } from 'vitest';
import { decodeToBitmap } from '../../src/ops/rle/bitmap.ts';
import { rleArea } from '../../src/ops/rle/measure.ts';
import { drawNuclei } from './draw-nuclei.ts';

const scene = drawNuclei({ seed: 3, width: 200, height: 150, count: 25 });
const bitmaps = scene.nuclei.map(({ mask }) => decodeToBitmap(mask));
/** The red channel, which in a grey picture is all there is. */
const grey = scene.picture.data.filter((_, i) => i % 3 === 0);

test('equal seeds draw equal pictures, others do not', () => {
  expect(drawNuclei({ seed: 3, width: 200, height: 150, count: 25 })).toEqual(scene);
  const other = drawNuclei({ seed: 4, width: 200, height: 150, count: 25 });
  expect(other.picture.data).not.toEqual(scene.picture.data);
});

test('has the requested size and about the requested number of nuclei', () => {
  expect(scene.picture).toMatchObject({ width: 200, height: 150 });
  expect(scene.nuclei.length).toBeGreaterThan(18);
  expect(scene.nuclei.length).toBeLessThanOrEqual(25);
});

test('masks lie within the picture and not over one another, and fill their boxes', () => {
  const covered = new Uint8Array(200 * 150);
  scene.nuclei.forEach(({ box: [x1, y1, x2, y2], mask }, index) => {
    expect(mask.size).toEqual([150, 200]);
    expect(rleArea(mask)).toBeGreaterThanOrEqual(20);
    const reached = [200, 150, 0, 0];
    bitmaps[index].forEach((inside, at) => {
      if (!inside) return;
      expect(covered[at]++).toBe(0);
      const [x, y] = [at % 200, Math.floor(at / 200)];
      reached[0] = Math.min(reached[0], x);
      reached[1] = Math.min(reached[1], y);
      reached[2] = Math.max(reached[2], x + 1);
      reached[3] = Math.max(reached[3], y + 1);
    });
    expect(reached).toEqual([x1, y1, x2, y2]);
  });
});

test('every nucleus is brighter than the ground, which is dark and noisy', () => {
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  const ground = grey.filter((_, at) => bitmaps.every((bitmap) => bitmap[at] === 0));
  expect(mean(ground)).toBeLessThan(25);
  expect(new Set(ground).size).toBeGreaterThan(5);
  for (const bitmap of bitmaps) {
    expect(mean(grey.filter((_, at) => bitmap[at] === 1))).toBeGreaterThan(1.5 * mean(ground));
  }
});
