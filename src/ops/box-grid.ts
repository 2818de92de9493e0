/** Maximum number of cells along each side of a grid. */
const maxCells = 64;

/**
 * Finds the boxes whose centres lie near a box's without visiting all: a grid over the picture whose cells
 * list the boxes centred in them. Boxes are indices into an array `[N, 4]` of x1, y1, x2, y2.
 */
export class BoxGrid {
  readonly #boxes: Float32Array;
  readonly #x: Axis;
  readonly #y: Axis;
  /** The last box added to each cell, −1 for none. */
  readonly #last: Int32Array;
  /** For each box, the one added to its cell before it. */
  readonly #before: Int32Array;

  /** @param boxes All boxes that may be added or queried; the grid starts empty. */
  constructor(boxes: Float32Array) {
    this.#boxes = boxes;
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

  /**
   * Whether `test` holds for one of the added boxes near `box`: at least for those whose centre is no farther
   * from its own, along x and along y, than `reach` times its width and height.
   */
  someNear(box: number, reach: number, test: (other: number) => boolean): boolean {
    const boxes = this.#boxes;
    const before = this.#before;
    const [x1, y1, x2, y2] = [boxes[4 * box], boxes[4 * box + 1], boxes[4 * box + 2], boxes[4 * box + 3]];
    const across = reach * (x2 - x1);
    const down = reach * (y2 - y1);
    const firstColumn = cellAt(this.#x, (x1 + x2) / 2 - across);
    const lastColumn = cellAt(this.#x, (x1 + x2) / 2 + across);
    const lastRow = cellAt(this.#y, (y1 + y2) / 2 + down);
    for (let row = cellAt(this.#y, (y1 + y2) / 2 - down); row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        let other = this.#last[row * this.#x.cells + column];
        for (; other >= 0; other = before[other]) if (test(other)) return true;
      }
    }
    return false;
  }
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
  return cell > 0 ? Math.floor(cell) : 0;
}
