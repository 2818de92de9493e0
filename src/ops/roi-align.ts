import type { Float32Tensor } from '../core/tensor.ts';

export interface RoiAlignOptions {
  /** Bins along each side of the output. */
  readonly resolution: number;
  /** Feature pixels per picture pixel: 1 / stride. */
  readonly spatialScale: number;
  /** Sampling points along each side of a bin; 0 means ⌈RoI size / resolution⌉. */
  readonly samplingRatio: number;
  /** Subtract half a feature pixel from the box's corners. */
  readonly aligned: boolean;
}

/** The contribution of the pixels along one axis to a bin: pixel `first + i` has weight `weights[i]`. */
export interface AxisBin {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * RoIAlign (He et al. 2017, section 3) on the host, as a reference: the mean of bilinear samples in each bin.
 * Bilinear weights are products of a weight along y and one along x, and so are their means; each bin is
 * therefore a small vertical and a small horizontal filter.
 * @param features `[N, C, H, W]`
 * @param boxes `[R, 4]` x1, y1, x2, y2 in pixels of the picture.
 * @param batchIndex `[R]`, the picture of each RoI.
 * @returns `[R · C · resolution · resolution]`, row-major.
 */
export function roiAlign(
  { shape, data }: Float32Tensor,
  boxes: Float32Array,
  batchIndex: ArrayLike<number>,
  options: RoiAlignOptions,
): Float32Array {
  const [, channels, height, width] = shape;
  const { resolution, spatialScale } = options;
  const pooled = new Float32Array(batchIndex.length * channels * resolution * resolution);
  let out = 0;
  for (let roi = 0; roi < batchIndex.length; roi++) {
    const [x1, y1, x2, y2] = boxes.subarray(4 * roi, 4 * roi + 4).map((corner) => corner * spatialScale);
    const rows = axisBins(y1, y2, height, options);
    const columns = axisBins(x1, x2, width, options);
    for (let channel = 0; channel < channels; channel++) {
      const start = (batchIndex[roi] * channels + channel) * height * width;
      const plane = data.subarray(start, start + height * width);
      for (const row of rows) for (const column of columns) pooled[out++] = filter(plane, width, row, column);
    }
  }
  return pooled;
}

function filter(plane: Float32Array, width: number, row: AxisBin, column: AxisBin): number {
  let sum = 0;
  for (let i = 0; i < row.weights.length; i++) {
    let line = 0;
    const start = (row.first + i) * width + column.first;
    for (let j = 0; j < column.weights.length; j++) line += plane[start + j] * column.weights[j];
    sum += line * row.weights[i];
  }
  return sum;
}

/**
 * The bins of an RoI along one axis.
 * @param from The RoI's start, in feature pixels.
 * @param to The RoI's end, in feature pixels.
 * @param extent Feature pixels along the axis.
 */
export function axisBins(
  from: number,
  to: number,
  extent: number,
  options: Omit<RoiAlignOptions, 'spatialScale'>,
): AxisBin[] {
  const axis = axisSamples(from, to, options);
  const room = new Float64Array(extent);
  return Array.from({ length: options.resolution }, (_, bin) => {
    const { first, count } = weighPixels(axis, bin, room);
    return { first, weights: room.slice(0, count) };
  });
}

/** The sampling points of an RoI along one axis, in feature pixels. */
export interface AxisSamples {
  /** Where the first bin begins. */
  readonly start: number;
  readonly binSize: number;
  /** Per bin; sample i of a bin lies at (i + 0.5) / samples of it. */
  readonly samples: number;
}

/** Where an RoI is sampled along one axis, rounded to float32 as in the reference. */
export function axisSamples(
  from: number,
  to: number,
  { resolution, samplingRatio, aligned }: Omit<RoiAlignOptions, 'spatialScale'>,
): AxisSamples {
  const offset = aligned ? 0.5 : 0;
  const start = Math.fround(from - offset);
  const length = Math.fround(Math.fround(to - offset) - start);
  // Without the half-pixel shift, RoIs are at least one feature pixel in size, as in the reference.
  const size = aligned ? length : Math.max(length, 1);
  const binSize = Math.fround(size / resolution);
  return { start, binSize, samples: samplingRatio > 0 ? samplingRatio : Math.ceil(binSize) };
}

/**
 * The mean of a bin's bilinear samples, as weights of pixels.
 * @param weights As long as the map; receives the weights of `count` pixels from `first` on.
 */
export function weighPixels(
  axis: AxisSamples,
  bin: number,
  weights: Float64Array,
): { first: number; count: number } {
  const { samples } = axis;
  if (samples <= 0) return { first: 0, count: 0 };
  const extent = weights.length;
  const last = extent - 1;
  const first = clamp(Math.floor(positionOf(axis, bin, 0)), last);
  const end = clamp(Math.floor(positionOf(axis, bin, samples - 1)) + 1, last) + 1;
  weights.fill(0, 0, end - first);
  for (let i = 0; i < samples; i++) {
    const at = positionOf(axis, bin, i);
    // A sample more than a pixel outside the map counts as 0; a nearer one is clamped to the border.
    if (at < -1 || at > extent) continue;
    const inside = Math.max(at, 0);
    const before = Math.min(Math.floor(inside), last);
    const toNext = before === last ? 0 : inside - before;
    weights[before - first] += (1 - toNext) / samples;
    if (toNext > 0) weights[before + 1 - first] += toNext / samples;
  }
  return { first, count: end - first };
}

function positionOf({ start, binSize, samples }: AxisSamples, bin: number, sample: number): number {
  return start + bin * binSize + ((sample + 0.5) * binSize) / samples;
}

function clamp(pixel: number, last: number): number {
  return Math.min(Math.max(pixel, 0), last);
}
