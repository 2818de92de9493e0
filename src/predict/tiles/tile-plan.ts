import { resizedSize } from '../../image/transform.ts';
import type { ChosenConfig } from '../choices.ts';
import type { Tiling } from './tile-choice.ts';

/** How a picture was cut and magnified. */
export interface TilePlan {
  /** Side of a tile in pixels of the picture. */
  readonly side: number;
  /** Share of a tile that neighbours have in common at least. */
  readonly overlap: number;
  /** Factor from the picture's pixels to those of the network's input. */
  readonly scale: number;
}

/** The network's input that `auto` aims at, in pixels a side: larger ones share less with neighbours, but take more memory. */
const usualInput = 1024;

/**
 * The size of tiles and their magnification.
 * @param scale The magnification that suits the objects; null where it is not known.
 */
export function planTiles(
  { size, overlap }: Tiling,
  { preprocess }: Pick<ChosenConfig, 'preprocess'>,
  scale: number | null,
): TilePlan {
  const { minSize, maxSize } = preprocess;
  if (scale === null) {
    const side = size === 'auto' ? minSize : size;
    return { side, overlap, scale: resizedSize({ width: side, height: side }, preprocess).width / side };
  }
  const input = Math.min(maxSize, Math.max(minSize, usualInput));
  const side = Math.floor((size === 'auto' ? input : Math.min(size * scale, maxSize)) / scale + 1e-6);
  return { side: Math.max(side, 1), overlap, scale };
}
