import { UsageError } from '../../core/errors.ts';
import { checkOptions } from '../../core/options.ts';
import { maxSide } from '../../core/picture-limits.ts';

/** How a picture is predicted tile by tile. */
export interface TileOptions {
  /**
   * Side of a tile in pixels of the picture. It is reduced where the network would get more than its `preprocess.maxSize`
   * pixels a side. `auto`: as large as the network takes well.
   */
  size: number | 'auto';
  /**
   * Share of a tile that neighbours have in common at least, 0…0.9: more than the largest objects. Default 0.2, or what
   * five usual objects take side by side, up to 0.5, where their size is known.
   */
  overlap?: number | undefined;
  /**
   * Factor from the picture's pixels to those of the network's input. Default: the one at which the objects are as large
   * as those that the model was trained on, measured on samples of the picture; for models that do not record that
   * size, each tile is resized as a picture of its size.
   */
  scale?: number | undefined;
  /** Whether to predict the whole picture as well, for objects that are larger than the overlap. Default false. */
  whole?: boolean | undefined;
}

/** Options, or the size alone. */
export type TileChoice = TileOptions['size'] | TileOptions;

/** The choice with its defaults; the scale and the overlap are decided with the picture. */
export interface Tiling {
  readonly size: number | 'auto';
  readonly overlap: number | undefined;
  readonly scale: number | undefined;
  readonly whole: boolean;
}

/** The tiling that a choice describes. @throws UsageError where a field is unknown or out of range. */
export function tilingOf(choice: TileChoice): Tiling {
  const options = typeof choice === 'object' ? choice : { size: choice };
  checkOptions('tile', options, { size: true, overlap: true, scale: true, whole: true });
  const { size, overlap, scale, whole = false } = options;
  if (size !== 'auto' && !(Number.isInteger(size) && size >= 32 && size <= maxSide)) {
    throw new UsageError(`tile should be auto or a whole number from 32 to ${maxSide}, got ${size}`);
  }
  if (overlap !== undefined && !(overlap >= 0 && overlap <= 0.9)) {
    throw new UsageError(`the tiles' overlap should lie between 0 and 0.9, got ${overlap}`);
  }
  if (scale !== undefined && !(scale >= 1 / 32 && scale <= 32)) {
    throw new UsageError(`the tiles' scale should lie between 1/32 and 32, got ${scale}`);
  }
  return { size, overlap, scale, whole };
}
