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
      const isShallow = Math.abs(x1 - x0) >= Math.abs(y1 - y0);
      const isForward = isShallow ? x0 <= x1 : y0 <= y1;
      const cross = isShallow ? crossShallow : crossSteep;
      if (isForward) cross(crossings, x0, y0, x1, y1);
      else cross(crossings, x1, y1, x0, y0);
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

/** An edge at most as high as wide, x0 ≤ x1: one point per fine column. */
function crossShallow(crossings: Crossings, x0: number, y0: number, x1: number, y1: number): void {
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
function crossSteep(crossings: Crossings, x0: number, y0: number, x1: number, y1: number): void {
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
  // These grow, and are shared by all polygons, because rasterising is synchronous.
  private static positions = new Uint32Array(1024);
  private static sorted = new Uint32Array(1024);
  /** Of each pixel column; 0 between two sorts. */
  private static columnEnds = new Uint32Array(1024);
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
    this.reserve();
    Crossings.positions[this.count++] = ((x - beforeMiddle) / scale) * this.height + clamped;
  }

  /** Lengths of the runs between the sorted positions; neighbours of a run of length 0 are merged. */
  toCounts(): Uint32Array {
    this.reserve();
    this.sort();
    const sorted = Crossings.sorted;
    const counts = Crossings.positions;
    sorted[this.count] = this.width * this.height;
    counts[0] = sorted[0];
    let runs = 1;
    for (let i = 1; i <= this.count; i++) {
      const length = sorted[i] - sorted[i - 1];
      if (length > 0) counts[runs++] = length;
      else if (++i <= this.count) counts[runs - 1] += sorted[i] - sorted[i - 1];
    }
    return counts.slice(0, runs);
  }

  /** Room for one more position. */
  private reserve(): void {
    if (this.count < Crossings.positions.length) return;
    const larger = new Uint32Array(2 * this.count);
    larger.set(Crossings.positions);
    Crossings.positions = larger;
    Crossings.sorted = new Uint32Array(2 * this.count);
  }

  /** By column, whose positions are counted; within a column there are few. */
  private sort(): void {
    // The position after a column's last row is the first of the next column.
    if (Crossings.columnEnds.length <= this.width) Crossings.columnEnds = new Uint32Array(2 * this.width);
    const positions = Crossings.positions;
    const sorted = Crossings.sorted;
    const columnEnds = Crossings.columnEnds;
    const { count, height } = this;
    let [first, last] = [this.width, 0];
    for (let i = 0; i < count; i++) {
      const column = Math.floor(positions[i] / height);
      columnEnds[column]++;
      if (column < first) first = column;
      if (column > last) last = column;
    }
    for (let column = first, end = 0; column <= last; column++) {
      end += columnEnds[column];
      columnEnds[column] = end;
    }
    for (let i = 0; i < count; i++) sorted[--columnEnds[Math.floor(positions[i] / height)]] = positions[i];
    columnEnds.fill(0, first, last + 1);
    for (let i = 1; i < count; i++) {
      const position = sorted[i];
      let at = i;
      for (; at > 0 && sorted[at - 1] > position; at--) sorted[at] = sorted[at - 1];
      sorted[at] = position;
    }
  }
}
