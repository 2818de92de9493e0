import { coordinateRange, isCoordinate } from '../../core/picture-limits.ts';
import { mergeRles } from './merge.ts';
import { emptyRle, type Rle } from './rle.ts';

/**
 * Polygons are rasterised as by `rleFrPoly` of COCO's maskApi.c, bit for bit: the boundary is drawn on a grid
 * five times as fine, and each pixel column keeps the points where the boundary crosses its middle. The C
 * code lists every point of the fine grid; only one fine column in five matters, so this code computes only
 * those, with the same formulas.
 */
const scale = 5;
/** The fine columns x with x mod 5 = 2 are the last ones before the middle of a pixel. */
const beforeMiddle = 2;

/**
 * The mask of an object that is the union of rings. A ring that crosses itself follows the even–odd rule.
 * @param rings Each x0,y0,x1,y1,… in pixels of a picture of `size`; parts outside are cut off. An odd last
 * number is ignored, as in COCO's code.
 * @param size Height, width in pixels.
 * @throws RangeError if a coordinate is not a number within ±`maxCoordinate`.
 */
export function rleFromPolygons(rings: readonly ArrayLike<number>[], size: readonly [number, number]): Rle {
  if (rings.length === 0) return emptyRle(size[0], size[1]);
  const masks = rings.map((ring) => rleFromRing(ring, size));
  return masks.length === 1 ? masks[0] : mergeRles(masks, 'union');
}

function rleFromRing(ring: ArrayLike<number>, [height, width]: readonly [number, number]): Rle {
  const points = Math.floor(ring.length / 2);
  const crossings = new Crossings(height, width);
  if (points > 0) {
    let x0 = onFineGrid(ring[0]);
    let y0 = onFineGrid(ring[1]);
    for (let point = 1; point <= points; point++) {
      const at = point === points ? 0 : 2 * point;
      const x1 = onFineGrid(ring[at]);
      const y1 = onFineGrid(ring[at + 1]);
      const dx = Math.abs(x1 - x0);
      const dy = Math.abs(y1 - y0);
      if (dx >= dy) {
        if (x0 <= x1) crossShallow(crossings, [x0, y0, x1, y1]);
        else crossShallow(crossings, [x1, y1, x0, y0]);
      } else if (y0 <= y1) crossSteep(crossings, [x0, y0, x1, y1]);
      else crossSteep(crossings, [x1, y1, x0, y0]);
      x0 = x1;
      y0 = y1;
    }
  }
  return { size: [height, width], counts: crossings.toCounts() };
}

function onFineGrid(coordinate: number): number {
  if (!isCoordinate(coordinate)) {
    throw new RangeError(`a polygon has the coordinate ${coordinate}, expected ${coordinateRange}`);
  }
  return Math.trunc(scale * coordinate + 0.5);
}

type Edge = readonly [x0: number, y0: number, x1: number, y1: number];

/** An edge at most as high as wide, x0 ≤ x1: one point per fine column. */
function crossShallow(crossings: Crossings, [x0, y0, x1, y1]: Edge): void {
  const slope = (y1 - y0) / (x1 - x0);
  const last = crossings.lastFine(x1);
  for (let x = firstBeforeMiddle(x0); x <= last; x += scale) {
    const step = x - x0;
    const before = Math.trunc(y0 + slope * step + 0.5);
    const after = Math.trunc(y0 + slope * (step + 1) + 0.5);
    crossings.add(x, Math.min(before, after));
  }
}

/** An edge higher than wide, y0 < y1: one point per fine row. */
function crossSteep(crossings: Crossings, [x0, y0, x1, y1]: Edge): void {
  if (x0 === x1) return;
  const slope = (x1 - x0) / (y1 - y0);
  const rising = slope > 0;
  const columnAt = (step: number) => Math.trunc(x0 + slope * step + 0.5);
  const last = crossings.lastFine(Math.max(x0, x1));
  for (let x = firstBeforeMiddle(Math.min(x0, x1)); x <= last; x += scale) {
    // The first row that has passed from column x to x + 1, or back; the estimate can be off by one row.
    const hasPassed = (step: number) => (rising ? columnAt(step) > x : columnAt(step) <= x);
    let step = Math.min(Math.max(Math.ceil((x + 0.5 - x0) / slope), 1), y1 - y0);
    while (step > 1 && hasPassed(step - 1)) step--;
    while (!hasPassed(step)) step++;
    crossings.add(x, y0 + step - 1);
  }
}

/** The first fine column ≥ x inside the picture that lies before the middle of a pixel. */
function firstBeforeMiddle(x: number): number {
  return x <= beforeMiddle ? beforeMiddle : Math.ceil((x - beforeMiddle) / scale) * scale + beforeMiddle;
}

/** Where the boundary crosses the middles of the pixel columns, as column-major positions. */
class Crossings {
  /** Grows; shared by all polygons, because rasterising is synchronous. */
  private static positions = new Uint32Array(1024);
  private count = 0;
  private readonly height: number;
  private readonly width: number;

  constructor(height: number, width: number) {
    this.height = height;
    this.width = width;
  }

  /** The last fine column before the middle of a pixel in the picture that an edge ending at x can cross. */
  lastFine(x: number): number {
    return Math.min(x - 1, (this.width - 1) * scale + beforeMiddle);
  }

  /** The boundary crosses from fine column x to x + 1 (or back); the upper of the two points is in row y. */
  add(x: number, y: number): void {
    const row = Math.ceil((y + 0.5) / scale - 0.5);
    const clamped = Math.min(Math.max(row, 0), this.height);
    if (this.count === Crossings.positions.length) {
      const larger = new Uint32Array(2 * this.count);
      larger.set(Crossings.positions);
      Crossings.positions = larger;
    }
    Crossings.positions[this.count++] = ((x - beforeMiddle) / scale) * this.height + clamped;
  }

  /** Lengths of the runs between the sorted positions; neighbours of a run of length 0 are merged. */
  toCounts(): Uint32Array {
    this.add(this.width * scale + beforeMiddle, 0);
    const positions = Crossings.positions.subarray(0, this.count);
    sortPositions(positions);
    const counts = new Uint32Array(this.count);
    counts[0] = positions[0];
    let runs = 1;
    for (let i = 1; i < positions.length; i++) {
      const length = positions[i] - positions[i - 1];
      if (length > 0) counts[runs++] = length;
      else if (++i < positions.length) counts[runs - 1] += positions[i] - positions[i - 1];
    }
    return runs === counts.length ? counts : counts.slice(0, runs);
  }
}

/**
 * Most rings cross few columns; for this many positions or fewer, insertion sort is faster than the engine's
 * sort.
 */
const longestInsertion = 48;

function sortPositions(positions: Uint32Array): void {
  if (positions.length > longestInsertion) {
    positions.sort();
    return;
  }
  for (let i = 1; i < positions.length; i++) {
    const position = positions[i];
    let at = i;
    for (; at > 0 && positions[at - 1] > position; at--) positions[at] = positions[at - 1];
    positions[at] = position;
  }
}
