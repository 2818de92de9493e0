import type { PlainBox, ResizedMask } from '../../core/explanation.ts';
import type { Size } from '../../ops/boxes.ts';

/** Values along one side of what is kept; a larger mask is shown by every n-th pixel. */
const mostValues = 256;

/**
 * A mask resized to its box but not yet thresholded: what `pasteMask` computes on its way, pixel by pixel, with
 * the same border of zeros, expansion and rounding.
 * @param mask `[side · side]` probabilities.
 * @param box In pixels of the picture.
 */
export function resizeMask(mask: ArrayLike<number>, box: PlainBox, picture: Size): ResizedMask {
  const side = Math.sqrt(mask.length);
  const factor = (side + 2) / side;
  const [x1, x2] = expand(box[0], box[2], factor);
  const [y1, y2] = expand(box[1], box[3], factor);
  const across = interpolation(side + 2, Math.max(x2 - x1 + 1, 1));
  const down = interpolation(side + 2, Math.max(y2 - y1 + 1, 1));
  const x = Math.max(x1, 0);
  const y = Math.max(y1, 0);
  const width = Math.max(Math.min(x1 + across.length, picture.width) - x, 0);
  const height = Math.max(Math.min(y1 + down.length, picture.height) - y, 0);
  const step = Math.max(1, Math.ceil(Math.max(width, height) / mostValues));

  const values: number[] = [];
  const rows = Math.ceil(height / step);
  const columns = Math.ceil(width / step);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      values.push(blend(mask, down[y - y1 + row * step], across[x - x1 + column * step]));
    }
  }
  return { x, y, width, height, step, grid: { rows, columns, values } };
}

/** A side of the box grown about its centre, cut to whole pixels towards zero; float32 as the reference. */
function expand(low: number, high: number, factor: number): [number, number] {
  const { fround, trunc } = Math;
  const half = fround(fround(fround(high - low) / 2) * fround(factor));
  const centre = fround(fround(high + low) / 2);
  return [trunc(fround(centre - half)), trunc(fround(centre + half))];
}

/** value = in[before] · (1 − weight) + in[before + 1] · weight, `in` being the mask with its border. */
interface Position {
  before: number;
  weight: number;
}

function interpolation(from: number, to: number): Position[] {
  const scale = Math.fround(from / to);
  return Array.from({ length: to }, (_, i) => {
    const position = Math.max(scale * (i + 0.5) - 0.5, 0);
    const before = Math.min(Math.floor(position), from - 1);
    return { before, weight: position - before };
  });
}

function blend(mask: ArrayLike<number>, down: Position, across: Position): number {
  const side = Math.sqrt(mask.length);
  const at = (y: number, x: number) =>
    y < 1 || y > side || x < 1 || x > side ? 0 : mask[(y - 1) * side + x - 1];
  const line = (y: number) =>
    at(y, across.before) + (at(y, across.before + 1) - at(y, across.before)) * across.weight;
  const above = Math.fround(line(down.before));
  return above + (Math.fround(line(down.before + 1)) - above) * down.weight;
}
