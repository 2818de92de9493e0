/** A tile of 4 × 4 pixels and a window of 6 × 6: 36 products per channel pair instead of 144. */
export const [tile, window] = [4, 6];
export const [tilePixels, windowPixels] = [tile ** 2, window ** 2];

/**
 * The matrices of Lavin & Gray 2016 ("Fast Algorithms for Convolutional Neural Networks") for windows of 6 numbers:
 * outputs = {@link outputTransform} · (({@link kernelTransform} · kernel) ⊙ ({@link inputTransform} · inputs)), with k
 * outputs of a kernel of 7 − k. F(4, 3) convolves; F(3, 4), with tiles of a map as kernels, gives the gradient of a weight.
 * Polynomials are multiplied by their values at some points: the kernel's values are scaled.
 */
const points = [
  { at: 0, scale: 1 / 4 },
  { at: 1, scale: -1 / 6 },
  { at: -1, scale: -1 / 6 },
  { at: 2, scale: 1 / 24 },
  { at: -2, scale: 1 / 24 },
];
export const inputTransform = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];

/** `[6, taps]`; the last point is infinity, where only the highest power counts. */
export function kernelTransform(taps: number): number[][] {
  return [...points.map(({ at, scale }) => powers(at, taps).map((power) => scale * power)), last(taps)];
}

/** `[outputs, 6]` */
export function outputTransform(outputs: number): number[][] {
  return transposed([...points.map(({ at }) => powers(at, outputs)), last(outputs)]);
}

function powers(base: number, count: number): number[] {
  return Array.from({ length: count }, (_, exponent) => base ** exponent);
}

function last(count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number(i === count - 1));
}

/** The transform of a square, along rows and columns: the Kronecker product of the matrix with itself. */
export function onBothAxes(transform: readonly number[][]): number[][] {
  return transform.flatMap((down) =>
    transform.map((across) => down.flatMap((first) => across.map((second) => first * second))),
  );
}

export function transposed(matrix: readonly number[][]): number[][] {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]));
}

export function identity(side: number): number[][] {
  return Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => Number(row === column)),
  );
}

/** The same matrix for each channel, row by row. */
export function repeat(matrix: readonly number[][], channels: number): Float32Array {
  const once = matrix.flat();
  return Float32Array.from({ length: once.length * channels }, (_, i) => once[i % once.length]);
}
