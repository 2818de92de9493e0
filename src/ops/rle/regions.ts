import { boundsOfPoints } from '../boxes.ts';
import { type Contour, rleToContours } from './contour.ts';
import type { Rle } from './rle.ts';
import { simplifyRegions } from './simplify.ts';

/**
 * The outline of a mask as valid polygons in the sense of OGC's Simple Features: no ring touches itself, and rings of a
 * part touch each other only at points.
 * @param tolerance Largest distance in pixels between an outline and its simplification; 0 keeps every corner.
 */
export function rleToRegions(rle: Rle, tolerance = 0): Contour[] {
  const regions = rleToContours(rle).map(splitAtTouches);
  return tolerance > 0 ? simplifyRegions(regions, tolerance) : regions;
}

/** The smallest box around all outer rings: left, top, right, bottom in pixels. @param regions At least one. */
export function boundsOfRegions(regions: readonly Contour[]): [number, number, number, number] {
  return boundsOfPoints(regions.map(({ outer }) => outer));
}

/**
 * Where pixels meet only at a corner, a traced ring passes the corner twice. Split there, an outer ring gives one
 * outer ring, the remainder being holes that touch it, because its part is connected by pixel edges.
 */
function splitAtTouches({ outer, holes }: Contour): Contour {
  const loops = simpleLoops(outer);
  return {
    outer: loops.find((loop) => signedArea(loop) > 0) ?? outer,
    holes: [...loops.filter((loop) => signedArea(loop) < 0), ...holes.flatMap(simpleLoops)],
  };
}

/** The loops of a ring that visits points more than once. */
function simpleLoops(ring: readonly number[]): number[][] {
  const loops: number[][] = [];
  const path: number[] = [];
  const placeOf = new Map<number, number>();
  for (let i = 0; i < ring.length; i += 2) {
    const key = keyOf(ring[i], ring[i + 1]);
    const first = placeOf.get(key);
    if (first !== undefined) {
      const loop = path.splice(first);
      for (let j = 0; j < loop.length; j += 2) placeOf.delete(keyOf(loop[j], loop[j + 1]));
      loops.push(loop);
    }
    placeOf.set(key, path.length);
    path.push(ring[i], ring[i + 1]);
  }
  loops.push(path);
  return loops;
}

/** Corners are integers up to 65,536. */
function keyOf(x: number, y: number): number {
  return x * 131_072 + y;
}

/** The area inside a ring by the shoelace formula, positive if it runs clockwise on the screen. */
export function signedArea(ring: ArrayLike<number>): number {
  let doubled = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    doubled += ring[j] * ring[i + 1] - ring[i] * ring[j + 1];
  }
  return doubled / 2;
}
