import { rleToContours } from '../ops/rle/contour.ts';
import type { Rle } from '../ops/rle/rle.ts';
import { tenth } from './rounding.ts';

/** Distance from a corner, in pixels, at which it is cut: staircases with steps up to twice as long become a slope. */
const cornerCut = 1.25;
/** Maximum distance, in pixels of the picture, of the outline from the midline of the pixel staircase. */
const tolerance = 0.4;
/** Corners are rounded over at most this length, in pixels of the picture. */
const cornerLength = 2;

/**
 * The boundary of a mask as SVG path data for `fill-rule="evenodd"`. The staircase of pixel edges is smoothed into the
 * line that it approximates, so the outline looks clean when a small picture is enlarged.
 * @param scale Output pixels per pixel of the picture.
 */
export function outlinePath(rle: Rle, scale: number): string {
  return rleToContours(rle)
    .flatMap(({ outer, holes }) => [outer, ...holes])
    .map((ring) => roundedPath(simplify(cutCorners(ring)), scale))
    .join('');
}

/** Replaces each corner of a ring x0,y0,x1,y1,… by two points on its edges, `cornerCut` (at most half an edge) away. */
function cutCorners(ring: readonly number[]): number[] {
  const points: number[] = [];
  const count = ring.length / 2;
  for (let i = 0; i < count; i++) {
    const next = (i + 1) % count;
    const dx = ring[next * 2] - ring[i * 2];
    const dy = ring[next * 2 + 1] - ring[i * 2 + 1];
    const length = Math.abs(dx) + Math.abs(dy);
    const cut = Math.min(cornerCut, length / 2) / length;
    points.push(ring[i * 2] + dx * cut, ring[i * 2 + 1] + dy * cut);
    if (length > 2 * cornerCut) points.push(ring[next * 2] - dx * cut, ring[next * 2 + 1] - dy * cut);
  }
  return points;
}

/** Douglas–Peucker on a closed ring, split at its first point and the one farthest from it. */
function simplify(ring: readonly number[]): number[] {
  const count = ring.length / 2;
  if (count <= 4) return [...ring];
  const keep = new Uint8Array(count);
  let farthest = 0;
  for (let i = 1, most = 0; i < count; i++) {
    const distance = Math.hypot(ring[i * 2] - ring[0], ring[i * 2 + 1] - ring[1]);
    if (distance > most) {
      most = distance;
      farthest = i;
    }
  }
  keep[0] = keep[farthest] = 1;
  const open: [number, number][] = [
    [0, farthest],
    [farthest, count],
  ];
  for (let span = open.pop(); span; span = open.pop()) {
    const middle = farthestFromChord(ring, span);
    if (middle < 0) continue;
    keep[middle] = 1;
    open.push([span[0], middle], [middle, span[1]]);
  }
  const points: number[] = [];
  for (let i = 0; i < count; i++) if (keep[i]) points.push(ring[i * 2], ring[i * 2 + 1]);
  return points;
}

/** The point between two others that is farthest from the line through them; −1 if none exceeds the tolerance. */
function farthestFromChord(ring: readonly number[], [from, to]: readonly [number, number]): number {
  const end = (to * 2) % ring.length;
  const x = ring[from * 2];
  const y = ring[from * 2 + 1];
  const dx = ring[end] - x;
  const dy = ring[end + 1] - y;
  const length = Math.hypot(dx, dy) || 1;
  let found = -1;
  let most = tolerance;
  for (let i = from + 1; i < to; i++) {
    const distance = Math.abs((ring[i * 2] - x) * dy - (ring[i * 2 + 1] - y) * dx) / length;
    if (distance > most) {
      most = distance;
      found = i;
    }
  }
  return found;
}

function roundedPath(ring: readonly number[], scale: number): string {
  const count = ring.length / 2;
  const at = (i: number) => [ring[(i % count) * 2], ring[(i % count) * 2 + 1]] as const;
  let path = '';
  for (let i = 0; i < count; i++) {
    const [x, y] = at(i);
    const before = towards([x, y], at(i + count - 1));
    const after = towards([x, y], at(i + 1));
    path += `${i === 0 ? 'M' : 'L'}${pair(before, scale)}Q${pair([x, y], scale)} ${pair(after, scale)}`;
  }
  return `${path}Z`;
}

/** The point on the edge from a corner to the next one where its rounding ends. */
function towards(
  [x, y]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): readonly [number, number] {
  const length = Math.hypot(toX - x, toY - y) || 1;
  const part = Math.min(cornerLength, length / 2) / length;
  return [x + (toX - x) * part, y + (toY - y) * part];
}

function pair([x, y]: readonly [number, number], scale: number): string {
  return `${tenth(x * scale)} ${tenth(y * scale)}`;
}
