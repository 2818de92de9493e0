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
  crossings.start(height, width);
  if (points > 0) {
    let x0 = onFineGrid(ring[0]);
    let y0 = onFineGrid(ring[1]);
    for (let point = 1; point <= points; point++) {
      const at = point === points ? 0 : 2 * point;
      const x1 = onFineGrid(ring[at]);
      const y1 = onFineGrid(ring[at + 1]);
      const isShallow = Math.abs(x1 - x0) >= Math.abs(y1 - y0);
      const isForward = isShallow ? x0 <= x1 : y0 <= y1;
      if (isShallow && isForward) crossings.addShallow(x0, y0, x1, y1);
      else if (isShallow) crossings.addShallow(x1, y1, x0, y0);
      else if (isForward) crossings.addSteep(x0, y0, x1, y1);
      else crossings.addSteep(x1, y1, x0, y0);
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

/** The first fine column ≥ x inside the picture that lies before the middle of a pixel. */
function firstBeforeMiddle(x: number): number {
  return x <= beforeMiddle ? beforeMiddle : Math.ceil((x - beforeMiddle) / scale) * scale + beforeMiddle;
}

/**
 * Where the boundary of a ring crosses the middles of the pixel columns. Coordinates are of the fine grid; `| 0` truncates
 * them, in a third of the time of `Math.trunc`.
 */
class Crossings {
  #height = 0;
  #width = 0;
  #count = 0;
  #columns = new Int32Array(1024);
  /** Column-major positions. */
  #positions = new Uint32Array(1024);
  #sorted = new Uint32Array(1024);
  /** Of each pixel column; 0 between two sorts. */
  #columnEnds = new Uint32Array(1024);

  /** Begins a ring. */
  start(height: number, width: number): void {
    this.#height = height;
    this.#width = width;
    this.#count = 0;
  }

  /** An edge at most as high as wide, x0 ≤ x1: one point per fine column. */
  addShallow(x0: number, y0: number, x1: number, y1: number): void {
    const slope = (y1 - y0) / (x1 - x0);
    const first = firstBeforeMiddle(x0);
    const last = this.#lastFine(x1);
    this.#reserve(last - first);
    for (let x = first; x <= last; x += scale) {
      const step = x - x0;
      const before = (y0 + slope * step + 0.5) | 0;
      const after = (y0 + slope * (step + 1) + 0.5) | 0;
      this.#add(x, before < after ? before : after);
    }
  }

  /** An edge higher than wide, y0 < y1: one point per fine row. */
  addSteep(x0: number, y0: number, x1: number, y1: number): void {
    if (x0 === x1) return;
    const slope = (x1 - x0) / (y1 - y0);
    const first = firstBeforeMiddle(Math.min(x0, x1));
    const last = this.#lastFine(Math.max(x0, x1));
    const steps = y1 - y0;
    const rowsPerColumn = 1 / slope;
    this.#reserve(last - first);
    for (let x = first; x <= last; x += scale) {
      // The first row that has passed from column x to x + 1, or back; the estimate can be off by one row.
      let step = Math.ceil((x + 0.5 - x0) * rowsPerColumn) | 0;
      if (step < 1) step = 1;
      else if (step > steps) step = steps;
      if (slope > 0) {
        while (step > 1 && ((x0 + slope * (step - 1) + 0.5) | 0) > x) step--;
        while (((x0 + slope * step + 0.5) | 0) <= x) step++;
      } else {
        while (step > 1 && ((x0 + slope * (step - 1) + 0.5) | 0) <= x) step--;
        while (((x0 + slope * step + 0.5) | 0) > x) step++;
      }
      this.#add(x, (y0 + step - 1) | 0);
    }
  }

  /** Lengths of the runs between the sorted positions; neighbours of a run of length 0 are merged. */
  toCounts(): Uint32Array {
    this.#reserve(0);
    this.#sort();
    const sorted = this.#sorted;
    const counts = this.#positions;
    const count = this.#count;
    sorted[count] = this.#width * this.#height;
    counts[0] = sorted[0];
    let runs = 1;
    for (let i = 1; i <= count; i++) {
      const length = sorted[i] - sorted[i - 1];
      if (length > 0) counts[runs++] = length;
      else if (++i <= count) counts[runs - 1] += sorted[i] - sorted[i - 1];
    }
    return counts.slice(0, runs);
  }

  /** The last fine column before the middle of a pixel in the picture that an edge ending at x can cross. */
  #lastFine(x: number): number {
    return Math.min(x - 1, (this.#width - 1) * scale + beforeMiddle);
  }

  /** The boundary crosses from fine column x to x + 1 (or back); the upper of the two points is in row y. */
  #add(x: number, y: number): void {
    const column = ((x - beforeMiddle) / scale) | 0;
    // The first pixel whose middle is not above: ⌈(y + 0.5) / 5 − 0.5⌉.
    const row = y < 0 ? 0 : ((y + beforeMiddle) / scale) | 0;
    this.#columns[this.#count] = column;
    this.#positions[this.#count] = column * this.#height + (row < this.#height ? row : this.#height);
    this.#count++;
  }

  /** Room for the crossings of an edge that is so wide on the fine grid, and the end of the last run. */
  #reserve(width: number): void {
    const needed = this.#count + Math.max(width, 0) / scale + 2;
    if (needed <= this.#positions.length) return;
    const larger = 2 * Math.ceil(needed);
    const [columns, positions] = [new Int32Array(larger), new Uint32Array(larger)];
    columns.set(this.#columns);
    positions.set(this.#positions);
    this.#columns = columns;
    this.#positions = positions;
    this.#sorted = new Uint32Array(larger);
  }

  /** By column, whose positions are counted; within a column there are few. */
  #sort(): void {
    if (this.#columnEnds.length < this.#width) this.#columnEnds = new Uint32Array(2 * this.#width);
    const count = this.#count;
    const columns = this.#columns;
    const positions = this.#positions;
    const sorted = this.#sorted;
    const columnEnds = this.#columnEnds;
    let [first, last] = [this.#width, 0];
    for (let i = 0; i < count; i++) {
      const column = columns[i];
      columnEnds[column]++;
      if (column < first) first = column;
      if (column > last) last = column;
    }
    for (let column = first, end = 0; column <= last; column++) {
      end += columnEnds[column];
      columnEnds[column] = end;
    }
    for (let i = 0; i < count; i++) sorted[--columnEnds[columns[i]]] = positions[i];
    columnEnds.fill(0, first, last + 1);
    for (let i = 1; i < count; i++) {
      const position = sorted[i];
      let at = i;
      for (; at > 0 && sorted[at - 1] > position; at--) sorted[at] = sorted[at - 1];
      sorted[at] = position;
    }
  }
}

/** Its memory serves all rings, because rasterising is synchronous. */
const crossings = new Crossings();
