import type { Float32Tensor } from '../core/tensor.ts';
import type { Size } from './boxes.ts';

/**
 * The class of every pixel: the argmax of the logits resized bilinearly to a picture's size (torch
 * `interpolate`, `align_corners=False`); ties go to the first class.
 * @param logits `[1, C, h, w]`, at most 256 classes.
 * @param covered Fractions of the map's width and height that the picture covers, from the top left corner;
 * default: all.
 * @returns `[height, width]`, row-major.
 */
export function classMap(
  { shape, data }: Float32Tensor,
  { width, height }: Size,
  covered: Size = { width: 1, height: 1 },
): Uint8Array {
  const [, classes, rows, columns] = shape;
  const across = linearAxis(columns, covered.width, width);
  const down = linearAxis(rows, covered.height, height);
  const classOf = new Uint8Array(width * height);
  const best = new Float32Array(width);
  const line = new Float32Array(columns);
  for (let y = 0; y < height; y++) {
    best.fill(-Infinity);
    for (let c = 0; c < classes; c++) {
      const above = (c * rows + down.before[y]) * columns;
      const below = (c * rows + down.after[y]) * columns;
      for (let x = 0; x < columns; x++) {
        line[x] = data[above + x] + (data[below + x] - data[above + x]) * down.weight[y];
      }
      for (let x = 0; x < width; x++) {
        const left = line[across.before[x]];
        const value = left + (line[across.after[x]] - left) * across.weight[x];
        if (value <= best[x]) continue;
        best[x] = value;
        classOf[y * width + x] = c;
      }
    }
  }
  return classOf;
}

/** For each output position, the two input positions around it and the weight of the second. */
function linearAxis(from: number, covered: number, to: number) {
  const before = new Int32Array(to);
  const after = new Int32Array(to);
  const weight = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const position = Math.max(((from * covered) / to) * (i + 0.5) - 0.5, 0);
    before[i] = Math.min(Math.floor(position), from - 1);
    after[i] = Math.min(before[i] + 1, from - 1);
    weight[i] = position - before[i];
  }
  return { before, after, weight };
}
