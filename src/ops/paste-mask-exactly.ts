import type { Size } from './boxes.ts';
import type { Rle } from './rle/rle.ts';
import { RunWriter } from './rle/run-writer.ts';

/** Pixels whose mask probability is at least this are foreground, unless the caller says otherwise. */
const usualThreshold = 0.5;

/**
 * Puts a mask at its place in a picture as Detectron2's `paste_masks_in_image` does: the centre of every pixel is
 * looked up in the box, whose corners are not rounded, and the mask interpolated there bilinearly, zero outside
 * (torch `grid_sample`).
 * @param mask `[side, side]` probabilities, row-major.
 * @param box x1, y1, x2, y2 in pixels of the picture.
 * @param foreground Pixels from it on belong to the object; default 0.5.
 */
export function pasteMaskExactly(
  mask: Float32Array,
  box: ArrayLike<number>,
  picture: Size,
  foreground = usualThreshold,
): Rle {
  const side = Math.sqrt(mask.length);
  const across = samplesAlong([box[0], box[2]], side, picture.width);
  const down = samplesAlong([box[1], box[3]], side, picture.height);
  const runs = new RunWriter();
  const column = new Float64Array(side);
  across.taps.forEach(({ before, weight }, i) => {
    const at = (y: number, x: number) => (x >= 0 && x < side ? mask[y * side + x] : 0);
    for (let y = 0; y < side; y++) column[y] = at(y, before) * (1 - weight) + at(y, before + 1) * weight;
    const origin = (across.first + i) * picture.height + down.first;
    down.taps.forEach((tap, row) => {
      const value = (column[tap.before] ?? 0) * (1 - tap.weight) + (column[tap.before + 1] ?? 0) * tap.weight;
      runs.write(origin + row, value >= foreground);
    });
    runs.write(origin + down.taps.length, false);
  });
  return { size: [picture.height, picture.width], counts: runs.finish(picture.height * picture.width) };
}

/** Where the centres of pixels fall between the centres of mask cells. */
export interface Samples {
  /** The first pixel that meets the mask. */
  first: number;
  /** For each pixel: value = mask[before] · (1 − weight) + mask[before + 1] · weight. */
  taps: { before: number; weight: number }[];
}

/**
 * Looks pixels up along one side.
 * @param side Cells of the mask between the ends.
 * @param extent Pixels of the picture.
 */
export function samplesAlong([from, to]: [number, number], side: number, extent: number): Samples {
  const half = (to - from) / side / 2;
  const first = Math.max(Math.ceil(from - half - 0.5), 0);
  const end = Math.min(Math.floor(to + half + 0.5), extent);
  const count = to > from ? Math.max(end - first, 0) : 0;
  const taps = Array.from({ length: count }, (_, i) => {
    const position = ((first + i + 0.5 - from) / (to - from)) * side - 0.5;
    const before = Math.floor(position);
    return { before, weight: position - before };
  });
  return { first, taps };
}
