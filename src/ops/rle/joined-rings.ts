import { largest } from '../../core/extremes.ts';
import type { Contour } from './contour.ts';

/**
 * A part as a single ring: each hole is joined to the ring above it by a vertical cut of zero width, for formats whose
 * polygons have no holes.
 */
export function cutToHoles({ outer, holes }: Contour): number[] {
  const tops = holes.map((hole) => ({ hole, top: uppermost(hole) }));
  // Whatever lies above a hole's uppermost corner then belongs to the ring already.
  tops.sort((a, b) => a.hole[a.top + 1] - b.hole[b.top + 1] || a.hole[a.top] - b.hole[b.top]);
  return tops.reduce((ring, { hole, top }) => joinAbove(ring, hole, top), [...outer]);
}

/**
 * Several rings as one: each is joined to the nearest corner of those before it by a cut of zero width, for formats that
 * have one ring per object.
 */
export function joinRings(rings: readonly number[][]): number[] {
  const [first, ...others] = rings;
  return others.reduce((joined, ring) => {
    const [at, start] = nearestCorners(joined, ring);
    return spliced(joined, at, [...ring.slice(start), ...ring.slice(0, start + 2)]);
  }, first ?? []);
}

/** Index in a ring x0,y0,… of its uppermost corner, of several the leftmost. */
function uppermost(ring: readonly number[]): number {
  let best = 0;
  for (let i = 2; i < ring.length; i += 2) {
    if (ring[i + 1] < ring[best + 1] || (ring[i + 1] === ring[best + 1] && ring[i] < ring[best])) best = i;
  }
  return best;
}

function joinAbove(ring: readonly number[], hole: readonly number[], top: number): number[] {
  const x = hole[top];
  const y = hole[top + 1];
  let at = -1;
  let height = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length;
    const crossing = heightAt([ring[i], ring[i + 1], ring[next], ring[next + 1]], x, y);
    if (crossing === undefined || crossing <= height) continue;
    height = crossing;
    at = i;
  }
  const cut = [...hole.slice(top), ...hole.slice(0, top + 2)];
  // A valid hole has its outer ring above it.
  return [...ring.slice(0, at + 2), x, height, ...cut, x, height, ...ring.slice(at + 2)];
}

/** The lowest point of an edge on the vertical line at `x` that is not below `y`. */
function heightAt([x1, y1, x2, y2]: readonly number[], x: number, y: number): number | undefined {
  if (x < Math.min(x1, x2) || x > Math.max(x1, x2)) return undefined;
  const heights = x1 === x2 ? [y1, y2] : [y1 + ((y2 - y1) * (x - x1)) / (x2 - x1)];
  const above = heights.filter((height) => height <= y);
  return above.length === 0 ? undefined : largest(above);
}

/** Indices of the corners of two rings that are closest to each other. */
function nearestCorners(a: readonly number[], b: readonly number[]): [number, number] {
  let best: [number, number] = [0, 0];
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i += 2) {
    for (let j = 0; j < b.length; j += 2) {
      const square = (a[i] - b[j]) ** 2 + (a[i + 1] - b[j + 1]) ** 2;
      if (square >= least) continue;
      least = square;
      best = [i, j];
    }
  }
  return best;
}

/** The ring with a detour from one of its corners. */
function spliced(ring: readonly number[], at: number, detour: readonly number[]): number[] {
  return [...ring.slice(0, at + 2), ...detour, ring[at], ring[at + 1], ...ring.slice(at + 2)];
}
