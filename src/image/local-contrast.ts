import type { Picture } from './picture.ts';
import type { PictureRegions } from './picture-regions.ts';
import type { Region } from './region.ts';
import { histogramOf, quantileOf, valuesOf } from './stretch.ts';

/**
 * The smallest range that is stretched, as a share of the whole picture's: noise of an empty part would look like
 * structure otherwise.
 */
const smallestRange = 0.1;

/** The two values that become 0 and 255, for each block. */
interface Limits {
  /** `[rows, columns]` */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * `stretchContrast` for pictures whose parts differ, such as slides lit unevenly: the quantiles are those of blocks, and
 * change linearly between the blocks' centres (as in CLAHE, Zuiderveld 1994).
 */
export class LocalContrast {
  readonly #picture: PictureRegions;
  readonly #limits: Limits;

  private constructor(picture: PictureRegions, limits: Limits) {
    this.#picture = picture;
    this.#limits = limits;
  }

  /**
   * Reads the whole picture once, row of blocks by row.
   * @param side Of a block, in pixels of the picture.
   */
  static async measure(
    picture: PictureRegions,
    side: number,
    [lowShare, highShare]: readonly [number, number],
  ): Promise<LocalContrast> {
    const [columns, rows] = [picture.width, picture.height].map((length) =>
      Math.max(1, Math.round(length / side)),
    );
    const low = new Float64Array(rows * columns);
    const high = new Float64Array(rows * columns);
    const total = new Float64Array(2 ** 16);
    for (let block = 0; block < rows * columns; block++) {
      const values = valuesOf(await picture.read(blockRegion(picture, { rows, columns }, block)));
      const histogram = histogramOf(values);
      low[block] = quantileOf(histogram, lowShare * values.length);
      high[block] = quantileOf(histogram, highShare * values.length);
      histogram.forEach((count, value) => {
        total[value] += count;
      });
    }
    const values = 3 * picture.width * picture.height;
    const range = quantileOf(total, highShare * values) - quantileOf(total, lowShare * values);
    const least = Math.max(1, smallestRange * range);
    for (let block = 0; block < low.length; block++) high[block] = Math.max(high[block], low[block] + least);
    return new LocalContrast(picture, { low, high, rows, columns });
  }

  /** Stretches a region of the picture. */
  stretch(part: Picture, { left, top }: Region): Picture {
    const { low, high, rows, columns } = this.#limits;
    const across = Array.from({ length: part.width }, (_, x) =>
      between(left + x, this.#picture.width, columns),
    );
    // Rounds and clips.
    const values = valuesOf(part);
    const data = new Uint8ClampedArray(values.length);
    for (let y = 0, at = 0; y < part.height; y++) {
      const down = between(top + y, this.#picture.height, rows);
      const [above, below] = [down.before * columns, down.after * columns];
      const blend = (values: Float64Array, column: number) =>
        values[above + column] + (values[below + column] - values[above + column]) * down.weight;
      const lowRow = Float64Array.from({ length: columns }, (_, column) => blend(low, column));
      const highRow = Float64Array.from({ length: columns }, (_, column) => blend(high, column));
      for (const { before, after, weight } of across) {
        const from = lowRow[before] + (lowRow[after] - lowRow[before]) * weight;
        const to = highRow[before] + (highRow[after] - highRow[before]) * weight;
        const gain = 255 / (to - from);
        for (const end = at + 3; at < end; at++) {
          data[at] = (values[at] - from) * gain;
        }
      }
    }
    return { width: part.width, height: part.height, data: new Uint8Array(data.buffer) };
  }
}

function blockRegion(
  { width, height }: PictureRegions,
  { rows, columns }: { rows: number; columns: number },
  block: number,
): Region {
  const [row, column] = [Math.floor(block / columns), block % columns];
  const start = (index: number, length: number, parts: number) => Math.floor((index * length) / parts);
  const [left, top] = [start(column, width, columns), start(row, height, rows)];
  return {
    left,
    top,
    width: start(column + 1, width, columns) - left,
    height: start(row + 1, height, rows) - top,
  };
}

/** The blocks whose centres are before and after a pixel, and the second's weight. */
function between(position: number, length: number, blocks: number) {
  const at = Math.min(Math.max(((position + 0.5) * blocks) / length - 0.5, 0), blocks - 1);
  const before = Math.floor(at);
  return { before, after: Math.min(before + 1, blocks - 1), weight: at - before };
}
