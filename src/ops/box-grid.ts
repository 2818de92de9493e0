import { boxAreas } from './boxes.ts';

/** Maximum number of cells along each side of a grid. */
const maxCells = 64;

/** When a box suppresses another. */
export interface Suppression {
  /** The overlap above which it does. */
  readonly threshold: number;
  /** Whether the intersection is divided by the smaller box, not by the union. */
  readonly ofSmaller: boolean;
}

/**
 * Finds a kept box that suppresses another without visiting all: a grid over the picture whose cells list the boxes
 * centred in them. Boxes are indices into an array `[N, 4]` of x1, y1, x2, y2.
 */
export class BoxGrid {
  readonly #boxes: Float32Array;
  readonly #areas: Float32Array;
  readonly #when: Suppression;
  /** How far from a box, in multiples of its width and height, may lie the centre of one that suppresses it. */
  readonly #reach: number;
  readonly #x: Axis;
  readonly #y: Axis;
  /** The last box added to each cell, −1 for none. */
  readonly #last: Int32Array;
  /** For each box, the one added to its cell before it. */
  readonly #before: Int32Array;

  /** @param boxes All boxes that may be added or queried; the grid starts empty. */
  constructor(boxes: Float32Array, when: Suppression) {
    this.#boxes = boxes;
    this.#areas = boxAreas(boxes);
    this.#when = when;
    this.#reach = reachOf(when);
    this.#x = axisOf(boxes, 0);
    this.#y = axisOf(boxes, 1);
    this.#last = new Int32Array(this.#x.cells * this.#y.cells).fill(-1);
    this.#before = new Int32Array(boxes.length / 4);
  }

  add(box: number): void {
    const boxes = this.#boxes;
    const column = cellAt(this.#x, (boxes[4 * box] + boxes[4 * box + 2]) / 2);
    const row = cellAt(this.#y, (boxes[4 * box + 1] + boxes[4 * box + 3]) / 2);
    const cell = row * this.#x.cells + column;
    this.#before[box] = this.#last[cell];
    this.#last[cell] = box;
  }

  /** Whether one of the added boxes suppresses this one. */
  suppresses(box: number): boolean {
    const boxes = this.#boxes;
    const before = this.#before;
    const x1 = boxes[4 * box];
    const y1 = boxes[4 * box + 1];
    const x2 = boxes[4 * box + 2];
    const y2 = boxes[4 * box + 3];
    const across = this.#reach * (x2 - x1);
    const down = this.#reach * (y2 - y1);
    const firstColumn = cellAt(this.#x, (x1 + x2) / 2 - across);
    const lastColumn = cellAt(this.#x, (x1 + x2) / 2 + across);
    const lastRow = cellAt(this.#y, (y1 + y2) / 2 + down);
    for (let row = cellAt(this.#y, (y1 + y2) / 2 - down); row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        let other = this.#last[row * this.#x.cells + column];
        for (; other >= 0; other = before[other]) if (this.#overlap(other, box)) return true;
      }
    }
    return false;
  }

  #overlap(a: number, b: number): boolean {
    const boxes = this.#boxes;
    const left = Math.max(boxes[4 * a], boxes[4 * b]);
    const top = Math.max(boxes[4 * a + 1], boxes[4 * b + 1]);
    const right = Math.min(boxes[4 * a + 2], boxes[4 * b + 2]);
    const bottom = Math.min(boxes[4 * a + 3], boxes[4 * b + 3]);
    if (left >= right || top >= bottom) return false;
    const intersection = (right - left) * (bottom - top);
    const [areaA, areaB] = [this.#areas[a], this.#areas[b]];
    const whole = this.#when.ofSmaller ? Math.min(areaA, areaB) : areaA + areaB - intersection;
    return intersection > this.#when.threshold * whole;
  }
}

/**
 * The maximum distance between the centres of two boxes with IoU > threshold, as a fraction of the extent of
 * one of them. The overlap along an axis is above t times the larger extent m and at most the smaller, e, so
 * m < e / t; and with distance d between the centres it is at most (m + e) / 2 − d, so
 * d < (1 − t) · m < (1 − t) / t · e.
 */
function reachOf({ threshold, ofSmaller }: Suppression): number {
  // A small box may lie anywhere in a large one, at any distance from its centre.
  if (ofSmaller) return Infinity;
  // Areas are rounded to float32, so the computed IoU can be slightly above the true one.
  const minIou = threshold - 1e-4;
  return minIou > 0 ? (1 - minIou) / minIou : Infinity;
}

/** The division of one side into cells. */
interface Axis {
  readonly start: number;
  /** Cells per pixel. */
  readonly scale: number;
  readonly cells: number;
}

/** Cells about as long as the boxes, so that a query visits few cells with few boxes each. */
function axisOf(boxes: Float32Array, first: 0 | 1): Axis {
  let start = Infinity;
  let end = -Infinity;
  let lengths = 0;
  for (let i = first; i < boxes.length; i += 4) {
    if (boxes[i] < start) start = boxes[i];
    if (boxes[i + 2] > end) end = boxes[i + 2];
    lengths += boxes[i + 2] - boxes[i];
  }
  const extent = end - start;
  const wanted = Math.floor((extent * boxes.length) / 4 / lengths);
  // One cell even if there are no boxes, or boxes of zero or NaN length.
  const cells = wanted >= 1 ? Math.min(wanted, maxCells) : 1;
  return { start, scale: cells > 1 ? cells / extent : 0, cells };
}

function cellAt({ start, scale, cells }: Axis, coordinate: number): number {
  const cell = (coordinate - start) * scale;
  if (cell >= cells) return cells - 1;
  return cell > 0 ? Math.trunc(cell) : 0;
}
