import type { Contour } from './contour.ts';
import { findCrossings } from './crossing-edges.ts';

/**
 * Simplifies the outlines of one mask by Douglas–Peucker: no corner that is left out is farther than `tolerance` pixels
 * from the edge that replaces it. Rings stay valid and keep their sides: where simplified edges would cross, or would
 * pass a corner of another ring, they get corners back until they do not. No ring disappears.
 * @param regions Valid polygons with integer coordinates.
 */
export function simplifyRegions(regions: readonly Contour[], tolerance: number): Contour[] {
  const rings = regions.map(({ outer, holes }) =>
    [outer, ...holes].map((ring) => new SimplifiedRing(ring, tolerance)),
  );
  const all = rings.flat();
  while (refineConflicts(all)) {}
  return rings.map(([outer, ...holes]) => ({
    outer: outer.points(),
    holes: holes.map((hole) => hole.points()),
  }));
}

/** Returns whether there were conflicts. */
function refineConflicts(rings: readonly SimplifiedRing[]): boolean {
  const edges = rings.flatMap((ring) => ring.edges());
  const crossing = findCrossings(edges).flatMap(([a, b]) => [edges[a], edges[b]]);
  const corners = edges
    .map(({ ring, from, x1, y1 }) => ({ ring, index: from, x: x1, y: y1 }))
    .sort((a, b) => a.x - b.x);
  const passing = edges.filter((edge) => edge.to - edge.from > 1 && passesCorner(edge, corners));
  const conflicts = new Set([...crossing, ...passing]);
  let isRefined = false;
  for (const edge of conflicts) if (edge.ring.refine(edge)) isRefined = true;
  return isRefined;
}

interface Corner {
  readonly ring: SimplifiedRing;
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

/** An edge of a simplified ring, which replaces the corners between its ends. */
interface Edge {
  readonly ring: SimplifiedRing;
  /** Indices of the ring's corners; `to` can be the number of corners, which is the first again. */
  readonly from: number;
  readonly to: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** Whether a corner lies between an edge and the corners that it replaces. @param corners Sorted by x. */
function passesCorner(edge: Edge, corners: readonly Corner[]): boolean {
  const { ring, from, to } = edge;
  const [left, top, right, bottom] = ring.extent(from, to);
  let at = firstFrom(corners, left);
  for (; at < corners.length && corners[at].x <= right; at++) {
    const corner = corners[at];
    if (corner.y < top || corner.y > bottom) continue;
    const isOwn =
      corner.ring === ring && (within(corner.index, from, to) || corner.index + ring.count === to);
    if (!isOwn && ring.encloses(from, to, corner)) return true;
  }
  return false;
}

function within(index: number, from: number, to: number): boolean {
  return index >= from && index <= to;
}

/** The first of the corners, sorted by x, that is not left of `x`. */
function firstFrom(corners: readonly Corner[], x: number): number {
  let low = 0;
  let high = corners.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (corners[middle].x < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A ring x0,y0,x1,y1,… and which of its corners remain. */
class SimplifiedRing {
  readonly count: number;
  readonly #ring: readonly number[];
  readonly #keep: Uint8Array;
  readonly #tolerance: number;

  /** Keeps a triangle and, between its corners, what Douglas–Peucker keeps. */
  constructor(ring: readonly number[], tolerance: number) {
    this.#ring = ring;
    this.#tolerance = tolerance;
    this.count = ring.length / 2;
    this.#keep = new Uint8Array(this.count);
    const opposite = this.#farthest(0, this.count).index;
    const sides = [this.#farthest(0, opposite), this.#farthest(opposite, this.count)];
    const third = sides[0].distance >= sides[1].distance ? sides[0].index : sides[1].index;
    const anchors = [0, opposite, third].sort((a, b) => a - b);
    for (const anchor of anchors) this.#keep[anchor] = 1;
    anchors.forEach((anchor, i) => {
      this.#simplify(anchor, anchors[i + 1] ?? this.count);
    });
  }

  /** Gives an edge back the corner that is farthest from it. @returns Whether it had one. */
  refine({ from, to }: Edge): boolean {
    const { index } = this.#farthest(from, to);
    if (index < 0) return false;
    this.#keep[index] = 1;
    // A corner near the old edge can be farther from the two new ones.
    this.#simplify(from, index);
    this.#simplify(index, to);
    return true;
  }

  edges(): Edge[] {
    const kept: number[] = [];
    for (let i = 0; i < this.count; i++) if (this.#keep[i]) kept.push(i);
    return kept.map((from, i) => {
      // The first corner is always kept.
      const to = kept[i + 1] ?? this.count;
      return { ring: this, from, to, x1: this.#x(from), y1: this.#y(from), x2: this.#x(to), y2: this.#y(to) };
    });
  }

  points(): number[] {
    return this.#ring.filter((_, i) => this.#keep[i >> 1] === 1);
  }

  /** Left, top, right, bottom of the corners from one to another. */
  extent(from: number, to: number): [number, number, number, number] {
    const box: [number, number, number, number] = [
      this.#x(from),
      this.#y(from),
      this.#x(from),
      this.#y(from),
    ];
    for (let i = from + 1; i <= to; i++) {
      box[0] = Math.min(box[0], this.#x(i));
      box[1] = Math.min(box[1], this.#y(i));
      box[2] = Math.max(box[2], this.#x(i));
      box[3] = Math.max(box[3], this.#y(i));
    }
    return box;
  }

  /** Whether a point lies inside the polygon of the corners from one to another, not on its boundary. */
  encloses(from: number, to: number, { x, y }: { x: number; y: number }): boolean {
    let inside = false;
    for (let i = from, j = to; i <= to; j = i++) {
      const [xi, yi, xj, yj] = [this.#x(i), this.#y(i), this.#x(j), this.#y(j)];
      const side = (xj - xi) * (y - yi) - (x - xi) * (yj - yi);
      const isBetween =
        Math.min(xi, xj) <= x && x <= Math.max(xi, xj) && Math.min(yi, yj) <= y && y <= Math.max(yi, yj);
      if (side === 0 && isBetween) return false;
      if (yi > y !== yj > y && side > 0 === yj > yi) inside = !inside;
    }
    return inside;
  }

  /** Keeps corners between two others until no other one is farther than the tolerance. */
  #simplify(start: number, end: number): void {
    const open: [number, number][] = [[start, end]];
    for (let span = open.pop(); span; span = open.pop()) {
      const { index, distance } = this.#farthest(span[0], span[1]);
      if (distance <= this.#tolerance) continue;
      this.#keep[index] = 1;
      open.push([span[0], index], [index, span[1]]);
    }
  }

  /** The corner between two others that is farthest from the line segment between them; −1 if there is none. */
  #farthest(from: number, to: number): { index: number; distance: number } {
    const [x, y] = [this.#x(from), this.#y(from)];
    const [dx, dy] = [this.#x(to) - x, this.#y(to) - y];
    const square = dx * dx + dy * dy;
    let index = -1;
    let most = -1;
    for (let i = from + 1; i < to; i++) {
      const [px, py] = [this.#x(i) - x, this.#y(i) - y];
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      if (distance > most) {
        most = distance;
        index = i;
      }
    }
    return { index, distance: most };
  }

  #x(index: number): number {
    return this.#ring[2 * (index === this.count ? 0 : index)];
  }

  #y(index: number): number {
    return this.#ring[2 * (index === this.count ? 0 : index) + 1];
  }
}
