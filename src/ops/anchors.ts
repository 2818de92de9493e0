import type { Size } from './boxes.ts';
import { roundHalfToEven } from './rounding.ts';

/** Whether anchors are rounded to whole pixels, as in torchvision, or not, as in Detectron2. */
export type AnchorPlacement = 'rounded' | 'exact';

/** The anchors of one level: the same base boxes around every location of its grid. */
export interface AnchorGrid {
  /** `[A, 4]` around the origin, in pixels of the resized picture. */
  readonly base: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Pixels between locations, vertically and horizontally. */
  readonly stride: { y: number; x: number };
}

/**
 * The anchor shapes of a level (Ren et al. 2015): each size with each aspect ratio (height / width) at
 * constant area. Corners are rounded to whole pixels, halves to even, as in torchvision's `AnchorGenerator`;
 * with `exact` they are not rounded, as in Detectron2.
 * @returns `[A, 4]`, ratios outermost.
 */
export function baseAnchors(
  sizes: readonly number[],
  aspectRatios: readonly number[],
  placement: AnchorPlacement = 'rounded',
): Float32Array {
  const anchors: number[] = [];
  for (const ratio of aspectRatios) {
    if (placement === 'exact') {
      for (const size of sizes) {
        const halfWidth = size / Math.sqrt(ratio) / 2;
        anchors.push(-halfWidth, -halfWidth * ratio, halfWidth, halfWidth * ratio);
      }
      continue;
    }
    const heightFactor = Math.fround(Math.sqrt(ratio));
    const widthFactor = Math.fround(1 / heightFactor);
    for (const size of sizes) {
      const halfWidth = roundHalfToEven(Math.fround(widthFactor * size) / 2);
      const halfHeight = roundHalfToEven(Math.fround(heightFactor * size) / 2);
      anchors.push(-halfWidth, -halfHeight, halfWidth, halfHeight);
    }
  }
  return Float32Array.from(anchors);
}

/**
 * The grid of a level. The stride is the padded picture's size over the grid's, rounded down; on P6 of an odd
 * grid it is therefore smaller than 64 (800 px give 13 locations, 61 px apart), as in torchvision. With
 * `exact` it is the level's own, a power of two.
 */
export function anchorGrid(
  base: Float32Array,
  grid: { rows: number; columns: number },
  padded: Size,
  placement: AnchorPlacement = 'rounded',
): AnchorGrid {
  const between = (pixels: number, locations: number) =>
    placement === 'rounded' ? Math.floor(pixels / locations) : 2 ** Math.round(Math.log2(pixels / locations));
  const stride = { y: between(padded.height, grid.rows), x: between(padded.width, grid.columns) };
  return { base, ...grid, stride };
}

/** Number of anchors: one per location and shape. */
export function anchorCount({ base, rows, columns }: AnchorGrid): number {
  return (rows * columns * base.length) / 4;
}

/**
 * The anchors at the given positions.
 * @param indices Positions in the order row, column, shape: `(row · columns + column) · A + a`.
 * @returns `[indices.length, 4]`
 */
export function anchorsAt(grid: AnchorGrid, indices: ArrayLike<number>): Float32Array {
  const shapes = grid.base.length / 4;
  const anchors = new Float32Array(indices.length * 4);
  for (let i = 0; i < indices.length; i++) {
    const location = Math.floor(indices[i] / shapes);
    const shape = indices[i] % shapes;
    const y = Math.floor(location / grid.columns) * grid.stride.y;
    const x = (location % grid.columns) * grid.stride.x;
    for (let c = 0; c < 4; c++) anchors[4 * i + c] = grid.base[4 * shape + c] + (c % 2 === 0 ? x : y);
  }
  return anchors;
}
