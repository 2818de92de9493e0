import { expect, test } from 'vitest';
import { encodeBitmap } from '../ops/rle/bitmap.ts';
import { rleArea } from '../ops/rle/measure.ts';
import type { Rle } from '../ops/rle/rle.ts';
import { outlinePath } from './outline.ts';

function maskOf(height: number, width: number, inside: (x: number, y: number) => boolean): Rle {
  const bitmap = new Uint8Array(height * width).map((_, i) =>
    inside((i % width) + 0.5, Math.floor(i / width) + 0.5) ? 1 : 0,
  );
  return encodeBitmap(bitmap, [height, width]);
}

/** Signed area of each ring of the path, its rounded corners cut into short chords; clockwise is positive. */
function ringAreas(path: string): number[] {
  return path
    .split('Z')
    .filter((ring) => ring !== '')
    .map((ring) => {
      const points: number[][] = [];
      for (const [, command, numbers] of ring.matchAll(/([MLQ])([^MLQ]+)/g)) {
        const v = numbers.trim().split(/ /).map(Number);
        if (command !== 'Q') points.push(v);
        else {
          const [x, y] = points[points.length - 1];
          for (let t = 0.125; t <= 1; t += 0.125) {
            const at = (a: number, b: number, c: number) =>
              (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c;
            points.push([at(x, v[0], v[2]), at(y, v[1], v[3])]);
          }
        }
      }
      return points.reduce((sum, [x, y], i) => {
        const [nextX, nextY] = points[(i + 1) % points.length];
        return sum + (x * nextY - nextX * y) / 2;
      }, 0);
    });
}

test.each([
  ['a disk', maskOf(40, 50, (x, y) => Math.hypot(x - 20, y - 18) < 14)],
  ['a slanted ellipse', maskOf(60, 60, (x, y) => ((x + y - 60) / 30) ** 2 + ((x - y) / 12) ** 2 < 1)],
  ['a rectangle', maskOf(40, 50, (x, y) => x > 5 && x < 40 && y > 10 && y < 30)],
  ['a triangle', maskOf(50, 50, (x, y) => y > x * 0.3 && y < 45 - x)],
])('encloses what the mask covers: %s', (_, mask) => {
  const [area, ...more] = ringAreas(outlinePath(mask, 1));
  expect(more).toEqual([]);
  expect(area / rleArea(mask)).toBeGreaterThan(0.97);
  expect(area / rleArea(mask)).toBeLessThan(1.02);
});

test('keeps holes and separate parts', () => {
  const ring = (x: number, y: number) => Math.hypot(x - 20, y - 20) < 16 && Math.hypot(x - 20, y - 20) > 8;
  const mask = maskOf(40, 80, (x, y) => ring(x, y) || Math.hypot(x - 60, y - 20) < 10);
  const areas = ringAreas(outlinePath(mask, 1)).sort((a, b) => a - b);
  expect(areas).toHaveLength(3);
  [-Math.PI * 64, Math.PI * 100, Math.PI * 256].forEach((wanted, i) => {
    expect(Math.abs(areas[i] / wanted - 1)).toBeLessThan(0.04);
  });
});

test('a staircase becomes a line: its path is short', () => {
  const slope = maskOf(300, 300, (x, y) => y > x);
  expect(outlinePath(slope, 1).split('Q').length).toBeLessThan(10);
});

test('scales with the output', () => {
  const mask = maskOf(30, 30, (x, y) => Math.hypot(x - 15, y - 15) < 10);
  expect(ringAreas(outlinePath(mask, 4))[0] / ringAreas(outlinePath(mask, 1))[0]).toBeCloseTo(16, 0);
});

test('one pixel has an outline, an empty mask none', () => {
  expect(
    ringAreas(
      outlinePath(
        maskOf(3, 3, (x, y) => x === 1.5 && y === 1.5),
        1,
      ),
    ),
  ).toHaveLength(1);
  expect(
    outlinePath(
      maskOf(3, 3, () => false),
      1,
    ),
  ).toBe('');
});
