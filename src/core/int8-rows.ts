/** A tensor as whole numbers from −127 to 127 in steps of one scale for each row (its first axis). */
export interface Int8Rows {
  readonly data: Int8Array;
  /** One for each row. */
  readonly scales: Float32Array;
}

/**
 * Rounds each row to steps of its largest magnitude / `steps`. What it has rounded stays as it is.
 * @param steps 1…127
 */
export function roundToInt8Rows(values: Float32Array, rows: number, steps = 127): Int8Rows {
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
