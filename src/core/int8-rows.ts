import type { Float32Tensor } from './tensor.ts';

/** A tensor as whole numbers from −127 to 127 in steps of one scale for each row (its first axis). */
export interface Int8Rows {
  readonly data: Int8Array;
  /** One for each row. */
  readonly scales: Float32Array;
}

const largestStep = 127;

/**
 * Rounds each row to steps of its largest magnitude / `steps`. What it has rounded stays as it is.
 * @param steps 1…127
 */
export function roundToInt8Rows(values: Float32Array, rows: number, steps = largestStep): Int8Rows {
  const rowSize = values.length / rows;
  const data = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * rowSize, (row + 1) * rowSize];
    let largest = 0;
    for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(values[i]));
    // A row of zeros has any scale.
    scales[row] = (largest || steps) / steps;
    const scale = scales[row];
    // Three times as fast as `Math.round`.
    for (let i = from; i < to; i++) data[i] = Math.floor(values[i] / scale + 0.5);
  }
  return { data, scales };
}

/** A tensor in whole numbers, which computes the values they stand for when these are first read. */
export class Int8RowsTensor implements Float32Tensor {
  readonly dtype = 'float32';
  readonly shape: readonly number[];
  readonly rows: Int8Rows;
  #values: Float32Array | null = null;

  constructor(shape: readonly number[], rows: Int8Rows) {
    this.shape = shape;
    this.rows = rows;
  }

  get data(): Float32Array {
    this.#values ??= fromInt8Rows(this.rows.data, this.rows.scales);
    return this.#values;
  }
}

/**
 * The rows of a tensor; those of one that is already in whole numbers as they are, if they may be as large.
 * @param steps 1…127
 */
export function int8RowsOf(tensor: Float32Tensor, steps = largestStep): Int8Rows {
  if (tensor instanceof Int8RowsTensor && steps === largestStep) return tensor.rows;
  return roundToInt8Rows(tensor.data, tensor.shape[0], steps);
}

/** The values that whole numbers stand for. */
export function fromInt8Rows(data: ArrayLike<number>, scales: ArrayLike<number>): Float32Array {
  const rowSize = data.length / scales.length;
  const values = new Float32Array(data.length);
  for (let row = 0; row < scales.length; row++) {
    const scale = scales[row];
    for (let i = row * rowSize; i < (row + 1) * rowSize; i++) values[i] = data[i] * scale;
  }
  return values;
}
