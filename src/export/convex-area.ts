import { largest, smallest } from '../core/extremes.ts';
import type { RegionPixels } from '../ops/rle/region-pixels.ts';

/** In half pixels, so that the middles of pixel edges are integers. */
type Point = readonly [x: number, y: number];

/**
 * The number of pixels whose centres lie in the convex hull of a region, or on its edge, the hull being that of the
 * middles of its pixels' edges (scikit-image's `area_convex`).
 */
export function convexArea(region: RegionPixels): number {
  const hull = convexHull(edgeMiddles(region));
  let area = 0;
  for (let y = 0; y < region.height; y++) {
    const [left, right] = extentAt(hull, 2 * y);
    area += Math.floor(right / 2 + roundingError) - Math.ceil(left / 2 - roundingError) + 1;
  }
  return area;
}

/** A quotient of two integers below a million is an integer if it is this close to one. */
const roundingError = 1e-9;

/** The edge middles of the outermost pixels of each row, which include all corners of the hull. */
function edgeMiddles({ width, height, inside }: RegionPixels): Point[] {
  const points: Point[] = [];
  for (let y = 0; y < height; y++) {
    const row = inside.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first < 0) continue;
    for (const x of new Set([first, row.lastIndexOf(1)])) {
      points.push([2 * x - 1, 2 * y], [2 * x + 1, 2 * y], [2 * x, 2 * y - 1], [2 * x, 2 * y + 1]);
    }
  }
  return points;
}

/** The corners of the hull in order (Andrew's monotone chain). */
function convexHull(points: Point[]): Point[] {
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return [...chainOf(points), ...chainOf(points.toReversed())];
}

/** Half of the hull, without its last point. */
function chainOf(points: readonly Point[]): Point[] {
  const chain: Point[] = [];
  for (const point of points) {
    while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0)
      chain.pop();
    chain.push(point);
  }
  return chain.slice(0, -1);
}

function turn([x0, y0]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  return (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0);
}

/** Left and right end of the hull at a height that it reaches. */
function extentAt(hull: readonly Point[], y: number): [number, number] {
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  hull.forEach(([x1, y1], i) => {
    const [x2, y2] = hull[(i + 1) % hull.length];
    if (y < Math.min(y1, y2) || y > Math.max(y1, y2)) return;
    const ends = y1 === y2 ? [x1, x2] : [x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)];
    left = Math.min(left, smallest(ends));
    right = Math.max(right, largest(ends));
  });
  return [left, right];
}
