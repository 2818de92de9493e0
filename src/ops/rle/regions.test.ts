import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { encodeBitmap } from './bitmap.ts';
import type { Contour } from './contour.ts';
import { findCrossings } from './crossing-edges.ts';
import { rleIou } from './iou.ts';
import { cutToHoles, joinRings } from './joined-rings.ts';
import { rleArea } from './measure.ts';
import { rleFromPolygons } from './polygon.ts';
import { rleToRegions, signedArea } from './regions.ts';
import type { Rle } from './rle.ts';

/** A random mask: noise with parts, holes and corners that touch, or smooth blobs with long outlines. */
function randomMask(seed: number): Rle {
  const random = seededRandom(seed);
  const [height, width] = [8 + random.integer(40), 8 + random.integer(40)];
  const share = random.uniform();
  const blobs = Array.from({ length: 6 }, () => [
    random.uniform() * width,
    random.uniform() * height,
    2 + random.uniform() * 9,
  ]);
  const isNoise = seed % 3 === 0;
  const bitmap = Uint8Array.from({ length: height * width }, (_, at) => {
    if (isNoise) return random.uniform() < share ? 1 : 0;
    const covering = blobs.filter(
      ([x, y, r]) => Math.hypot((at % width) - x, Math.floor(at / width) - y) < r,
    ).length;
    // Overlaps of two blobs become holes.
    return covering % 2;
  });
  return encodeBitmap(bitmap, [height, width]);
}

const ringsOf = (regions: readonly Contour[]) => regions.flatMap(({ outer, holes }) => [outer, ...holes]);

function edgesOf(rings: readonly number[][]) {
  return rings.flatMap((ring) =>
    Array.from({ length: ring.length / 2 }, (_, i) => {
      const next = (2 * i + 2) % ring.length;
      return { x1: ring[2 * i], y1: ring[2 * i + 1], x2: ring[next], y2: ring[next + 1] };
    }),
  );
}

/** Distance of a point from the nearest edge of a ring. */
function distanceTo(ring: readonly number[], x: number, y: number): number {
  return Math.min(
    ...edgesOf([[...ring]]).map(({ x1, y1, x2, y2 }) => {
      const square = (x2 - x1) ** 2 + (y2 - y1) ** 2;
      const along = Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / square));
      return Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1));
    }),
  );
}

function isInside(ring: readonly number[], x: number, y: number): boolean {
  let inside = false;
  for (const { x1, y1, x2, y2 } of edgesOf([[...ring]])) {
    if (y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)) inside = !inside;
  }
  return inside;
}

describe('regions', () => {
  it('no ring visits a corner twice, and the areas add up', () => {
    for (let seed = 0; seed < 60; seed++) {
      const mask = randomMask(seed);
      const regions = rleToRegions(mask);
      for (const ring of ringsOf(regions)) {
        const corners = Array.from(
          { length: ring.length / 2 },
          (_, i) => `${ring[2 * i]} ${ring[2 * i + 1]}`,
        );
        expect(new Set(corners).size, `seed ${seed}`).toBe(corners.length);
      }
      for (const { outer, holes } of regions) {
        expect(signedArea(outer)).toBeGreaterThan(0);
        for (const hole of holes) expect(signedArea(hole)).toBeLessThan(0);
      }
      expect(ringsOf(regions).reduce((sum, ring) => sum + signedArea(ring), 0)).toBe(rleArea(mask));
    }
  });
});

describe('simplified regions', () => {
  it.each([0.5, 1, 2.5, 10])('within %f pixels: valid, complete, on their sides', (tolerance) => {
    for (let seed = 0; seed < 30; seed++) {
      const exact = rleToRegions(randomMask(seed));
      const simple = rleToRegions(randomMask(seed), tolerance);
      const where = `seed ${seed}, tolerance ${tolerance}`;
      expect(
        simple.map(({ holes }) => holes.length),
        where,
      ).toEqual(exact.map(({ holes }) => holes.length));
      expect(findCrossings(edgesOf(ringsOf(simple))), where).toEqual([]);
      const exactRings = ringsOf(exact);
      ringsOf(simple).forEach((ring, i) => {
        expect(ring.length).toBeLessThanOrEqual(exactRings[i].length);
        expect(Math.sign(signedArea(ring)), where).toBe(Math.sign(signedArea(exactRings[i])));
        const corners = exactRings[i];
        for (let j = 0; j < corners.length; j += 2) {
          expect(distanceTo(ring, corners[j], corners[j + 1]), where).toBeLessThanOrEqual(tolerance + 1e-9);
        }
      });
      for (const { outer, holes } of simple) {
        for (const hole of holes) {
          const x = (hole[0] + hole[2] + hole[4]) / 3;
          const y = (hole[1] + hole[3] + hole[5]) / 3;
          // The middle of a triangle of corners may lie outside a hole that is not convex, but then another does not.
          const middles = [
            [x, y],
            [(hole[0] + hole[2]) / 2, (hole[1] + hole[3]) / 2],
          ];
          expect(
            middles.some(([px, py]) => isInside(outer, px, py)),
            where,
          ).toBe(true);
        }
      }
    }
  });

  it('leave out most corners of a smooth outline', () => {
    const disc = Uint8Array.from({ length: 200 * 200 }, (_, at) =>
      Math.hypot((at % 200) - 99, Math.floor(at / 200) - 99) < 90 ? 1 : 0,
    );
    const mask = encodeBitmap(disc, [200, 200]);
    const [exact] = rleToRegions(mask);
    const [simple] = rleToRegions(mask, 1);
    expect(exact.outer.length / 2).toBeGreaterThan(400);
    expect(simple.outer.length / 2).toBeLessThan(50);
  });
});

describe('rings without holes', () => {
  it('of exact outlines rasterise to the mask, one ring per part or one for all', () => {
    for (let seed = 0; seed < 30; seed++) {
      const mask = randomMask(seed);
      const rings = rleToRegions(mask).map(cutToHoles);
      expect(rleFromPolygons(rings, mask.size), `seed ${seed}`).toEqual(mask);
      if (rings.length > 0)
        expect(rleFromPolygons([joinRings(rings)], mask.size), `seed ${seed}`).toEqual(mask);
    }
  });

  it('of simplified outlines rasterise to nearly the mask', () => {
    for (let seed = 1; seed < 150; seed += 3) {
      const mask = randomMask(seed);
      const rings = rleToRegions(mask, 0.75).map(cutToHoles);
      expect(rleIou([rleFromPolygons(rings, mask.size)], [mask])[0], `seed ${seed}`).toBeGreaterThan(0.85);
    }
  });

  it('of nothing is nothing', () => {
    expect(joinRings([])).toEqual([]);
    expect(rleToRegions(encodeBitmap(new Uint8Array(4), [2, 2]), 1)).toEqual([]);
  });
});
