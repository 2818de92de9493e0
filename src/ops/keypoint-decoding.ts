import type { Float32Tensor } from '../core/tensor.ts';

/** The keypoints decoded from heat maps. */
export interface DecodedKeypoints {
  /** `[D, K, 2]` x, y in the pixel coordinates of the boxes. */
  readonly points: Float32Array;
  /** `[D, K]` the heat map's value there, a logit. */
  readonly scores: Float32Array;
}

/**
 * The position of each heat map's maximum (torchvision `heatmaps_to_keypoints`): the map is resized
 * bicubically to the box, rounded up to whole pixels, and the centre of the best pixel is taken (Heckbert
 * 1990: a discrete d is a continuous d + 0.5).
 * @param heatMaps `[D, K, S, S]` logits.
 * @param boxes `[D, 4]` x1, y1, x2, y2 in pixels; sides below 1 count as 1.
 */
export function decodeKeypoints({ shape, data }: Float32Tensor, boxes: Float32Array): DecodedKeypoints {
  const [count, joints, rows, columns] = shape;
  const points = new Float32Array(count * joints * 2);
  const scores = new Float32Array(count * joints);
  for (let roi = 0; roi < count; roi++) {
    const [x1, y1, x2, y2] = boxes.subarray(4 * roi, 4 * roi + 4);
    const across = axisOf(x1, x2, columns);
    const down = axisOf(y1, y2, rows);
    for (let joint = 0; joint < joints; joint++) {
      const index = roi * joints + joint;
      const map = data.subarray(index * rows * columns, (index + 1) * rows * columns);
      const { x, y, value } = highest(map, { across: across.cubic, down: down.cubic, columns });
      points[2 * index] = Math.fround((x + 0.5) * across.step) + x1;
      points[2 * index + 1] = Math.fround((y + 0.5) * down.step) + y1;
      scores[index] = value;
    }
  }
  return { points, scores };
}

/** For each output position, four input positions, clamped to the map, and their weights. */
interface Cubic {
  readonly length: number;
  readonly positions: Int32Array;
  readonly weights: Float64Array;
}

/** The interpolation of a map along one side of a box; `step` is the width of a resized pixel. */
function axisOf(from: number, to: number, cells: number): { cubic: Cubic; step: number } {
  const side = Math.max(Math.fround(to - from), 1);
  const pixels = Math.ceil(side);
  return { cubic: cubicInterpolation(cells, pixels), step: Math.fround(side / pixels) };
}

/** torch's bicubic convolution (Keys 1981 with a = −0.75), pixel centres at half-integers. */
function cubicInterpolation(from: number, to: number): Cubic {
  const positions = new Int32Array(4 * to);
  const weights = new Float64Array(4 * to);
  const scale = Math.fround(from / to);
  for (let i = 0; i < to; i++) {
    const position = Math.fround(Math.fround(scale * (i + 0.5)) - 0.5);
    const first = Math.floor(position);
    const t = position - first;
    for (let tap = 0; tap < 4; tap++) {
      positions[4 * i + tap] = Math.min(Math.max(first - 1 + tap, 0), from - 1);
    }
    weights.set([far(t + 1), near(t), near(1 - t), far(2 - t)], 4 * i);
  }
  return { length: to, positions, weights };
}

/** Of the cubic convolution, as in torch. */
export const cubicCoefficient = -0.75;
const a = cubicCoefficient;

function near(x: number): number {
  return ((a + 2) * x - (a + 3)) * x * x + 1;
}

function far(x: number): number {
  return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

/** The maximum of a map resized along both axes, the first in row-major order. */
function highest(
  map: Float32Array,
  { across, down, columns }: { across: Cubic; down: Cubic; columns: number },
): { x: number; y: number; value: number } {
  const rows = map.length / columns;
  const widened = new Float64Array(rows * across.length);
  // Upper bounds for the rows of the output, most of which cannot contain the maximum.
  const largest = new Float64Array(rows);
  const smallest = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    widenRow(map, row * columns, across, widened, row * across.length);
    const line = widened.subarray(row * across.length, (row + 1) * across.length);
    [smallest[row], largest[row]] = extremes(line);
  }
  let best = { x: 0, y: 0, value: -Infinity };
  for (let y = 0; y < down.length; y++) {
    if (bound(down, y, smallest, largest) <= best.value) continue;
    const [w0, w1, w2, w3] = down.weights.subarray(4 * y, 4 * y + 4);
    const [r0, r1, r2, r3] = down.positions.subarray(4 * y, 4 * y + 4).map((row) => row * across.length);
    for (let x = 0; x < across.length; x++) {
      const value = w0 * widened[r0 + x] + w1 * widened[r1 + x] + w2 * widened[r2 + x] + w3 * widened[r3 + x];
      if (value > best.value) best = { x, y, value };
    }
  }
  return best;
}

function widenRow(
  map: Float32Array,
  start: number,
  { length, positions, weights }: Cubic,
  out: Float64Array,
  to: number,
): void {
  for (let x = 0; x < length; x++) {
    const at = 4 * x;
    out[to + x] =
      weights[at] * map[start + positions[at]] +
      weights[at + 1] * map[start + positions[at + 1]] +
      weights[at + 2] * map[start + positions[at + 2]] +
      weights[at + 3] * map[start + positions[at + 3]];
  }
}

function extremes(values: Float64Array): [smallest: number, largest: number] {
  let [smallest, largest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return [smallest, largest];
}

/** An upper bound for the values of an output row. */
function bound(
  { positions, weights }: Cubic,
  row: number,
  smallest: Float64Array,
  largest: Float64Array,
): number {
  let sum = 0;
  for (let tap = 4 * row; tap < 4 * row + 4; tap++) {
    const weight = weights[tap];
    sum += weight * (weight > 0 ? largest : smallest)[positions[tap]];
  }
  return sum;
}
