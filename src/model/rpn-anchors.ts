import type { RpnConfig } from '../config/schema.ts';
import type { Float32Tensor } from '../core/tensor.ts';
import { type AnchorGrid, anchorGrid, baseAnchors } from '../ops/anchors.ts';
import type { CodingWeights } from '../ops/box-coding.ts';
import type { Size } from '../ops/boxes.ts';

/** The RPN's boxes are coded without weights. */
export const rpnCodingWeights: CodingWeights = [1, 1, 1, 1];

/**
 * The anchors of one level.
 * @param level Position among the levels that the RPN works on.
 * @param map Rows and columns of the level.
 * @param padded The network's input, over which the anchors are laid.
 */
export function levelAnchors(
  { sizes, aspectRatios, placement }: RpnConfig['anchors'],
  level: number,
  map: { rows: number; columns: number },
  padded: Size,
): AnchorGrid {
  return anchorGrid(baseAnchors(sizes[level], aspectRatios[level], placement), map, padded, placement);
}

/**
 * The RPN head's values for some anchors of a level.
 * @param map `[1, n·A, h, w]`, the n values of an anchor in neighbouring channels.
 * @param n 1 in a map of objectness, 4 in a map of deltas.
 * @param anchors Positions in the order row, column, shape.
 * @returns `[anchors.length, n]`
 */
export function valuesOfAnchors(
  { shape: [, channels, rows, columns], data }: Float32Tensor,
  n: 1 | 4,
  anchors: ArrayLike<number>,
): Float32Array {
  const shapes = channels / n;
  const locations = rows * columns;
  const values = new Float32Array(anchors.length * n);
  for (let i = 0; i < anchors.length; i++) {
    const location = Math.floor(anchors[i] / shapes);
    const shape = anchors[i] % shapes;
    for (let c = 0; c < n; c++) values[n * i + c] = data[(n * shape + c) * locations + location];
  }
  return values;
}
