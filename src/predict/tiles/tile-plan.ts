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

const usualOverlap = 0.2;
/** The largest objects are several times as large as usual ones. */
const objectsInOverlap = 5;
const mostOverlap = 0.5;

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
    const resized = resizedSize({ width: side, height: side }, preprocess);
    return { side, overlap: overlap ?? usualOverlap, scale: resized.width / side };
  }
  const input = Math.min(maxSize, Math.max(minSize, usualInput));
  const length = Math.floor((size === 'auto' ? input : Math.min(size * scale, maxSize)) / scale + 1e-6);
  const side = Math.max(length, 1);
  return { side, overlap: overlap ?? overlapFor((preprocess.objectSize ?? 0) / (side * scale)), scale };
}

/** The overlap that the largest objects fit into. @param object Size of a usual object, as a share of a tile. */
function overlapFor(object: number): number {
  return Math.min(Math.max(usualOverlap, objectsInOverlap * object), mostOverlap);
}
