import type { Size } from './boxes.ts';
import { exactAxis } from './mask-axis.ts';
import type { Rle } from './rle/rle.ts';
import { RunWriter } from './rle/run-writer.ts';

/** Pixels whose mask probability is at least this are foreground by default. */
const defaultThreshold = 0.5;

/**
 * Pastes a mask into a picture as Detectron2's `paste_masks_in_image` does: the centre of every pixel is looked up in
 * the box, whose corners are not rounded, and the mask is interpolated there bilinearly, with zeros outside (torch
 * `grid_sample`).
 * @param mask `[side, side]` probabilities, row-major.
 * @param box x1, y1, x2, y2 in pixels of the picture.
 * @param foreground Pixels at or above it belong to the object; default 0.5.
 */
export function pasteMaskExactly(
  mask: Float32Array,
  box: ArrayLike<number>,
  picture: Size,
  foreground = defaultThreshold,
): Rle {
  const side = Math.sqrt(mask.length);
  const across = exactAxis(box[0], box[2], side, picture.width);
  const down = exactAxis(box[1], box[3], side, picture.height);
  const runs = new RunWriter();
  // The zeros before and after the mask's own cells.
  const column = new Float64Array(side + 2);
  for (let i = 0; i < across.before.length; i++) {
    const left = across.before[i];
    const weight = across.weight[i];
    const at = (y: number, x: number) => (x >= 0 && x < side ? mask[y * side + x] : 0);
    for (let y = 0; y < side; y++) column[y + 1] = at(y, left) * (1 - weight) + at(y, left + 1) * weight;
    const origin = (across.first + i) * picture.height + down.first;
    for (let row = 0; row < down.before.length; row++) {
      const above = column[down.before[row] + 1] ?? 0;
      const below = column[down.before[row] + 2] ?? 0;
      const value = above * (1 - down.weight[row]) + below * down.weight[row];
      runs.write(origin + row, value >= foreground);
    }
    runs.write(origin + down.before.length, false);
  }
  return { size: [picture.height, picture.width], counts: runs.finish(picture.height * picture.width) };
}
