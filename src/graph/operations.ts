import type { ByteScale } from '../core/byte-scale.ts';
import type { Dim, Shape } from './dim.ts';

/**
 * The closed set of operations: the name of each and the type of its parameters. Tables keyed by these names
 * (shape rules, gradient rules, ONNX emission) are total, so that the compiler lists what is missing when a
 * name is added. Feature maps are `[N, C, H, W]`; every operation has one output.
 */
export interface OperationParameters {
  // Layers

  /**
   * inputs x, weight `[O, C/groups, kH, kW]`, optional bias `[O]`; `dilation` pixels between taps, default 1; `more` rows and
   * columns of padding at the bottom and the right, default 0
   */
  conv: { stride: number; padding: number; groups: number; dilation?: number; more?: number };
  /**
   * The gradient of `conv` as an operation: each input pixel spreads over a window. Inputs x `[N, C, H, W]`,
   * weight `[C, O/groups, k, k]`, optional bias `[O]` → extents `(H − 1)·stride − 2·padding + k + outputPadding`.
   */
  convTranspose: {
    stride: number;
    padding: number;
    groups: number;
    /** Rows and columns added at the bottom and the right. */
    outputPadding: readonly [number, number];
  };
  /**
   * Gradient of `conv` with respect to its weight: inputs x `[N, C, H, W]`, dy `[N, O, h, w]` → `[O, C/groups, kH, kW]`;
   * `kernel` is kH, kW
   */
  convWeightGradient: {
    kernel: readonly [number, number];
    stride: number;
    padding: number;
    groups: number;
    dilation?: number;
  };
  /** (x − mean) / √(var + eps) · weight + bias for each channel; inputs x, weight, bias, mean, variance `[C]` */
  batchNorm: { eps: number };
  /** the mean and the (biased) variance of each channel over pictures and pixels, 0 without any: → `[2, C]` */
  channelStatistics: Empty;
  /** x · scale + offset for each channel; inputs x `[N, C, H, W]`, scale and offset `[C]` */
  channelAffine: Empty;
  /** inputs x `[N, K]`, weight `[M, K]`, bias `[M]` → x · weightᵀ + bias */
  linear: Empty;
  /**
   * batched matrix product `[…, M, K] · […, K, N]` with equal leading extents, each factor optionally
   * transposed
   */
  matmul: { transposeA?: boolean; transposeB?: boolean };
  maxPool: WindowParameters;
  /**
   * Gradient of `maxPool`: inputs dy, x → each dy at the position of its window's (first) maximum, summed.
   */
  maxPoolGradient: WindowParameters;
  /** the mean of each `factor` × `factor` block; H and W must be multiples of `factor` */
  averagePool: { factor: number };
  /** each pixel repeated `factor` times along H and W */
  upsampleNearest: { factor: number };
  /** H and W multiplied by `factor`, pixel centres at half-integers (torch `interpolate`, `align_corners=False`) */
  upsampleBilinear: { factor: number };
  /** Gradient of `upsampleBilinear`: inputs dy `[N, C, factor·H, factor·W]` → `[N, C, H, W]` */
  upsampleBilinearGradient: { factor: number };
  /** inputs features `[N, C, H, W]`, boxes `[R, 4]` x1,y1,x2,y2 in pixels of the picture, batch index `[R]` int64 */
  roiAlign: RoiAlignParameters;
  /**
   * Gradient of `roiAlign` with respect to its features, whose shape is `shape`. Inputs dy
   * `[R, C, resolution, resolution]`, boxes, batch index, and `shape` as int64 if it is symbolic.
   */
  roiAlignGradient: RoiAlignParameters & { shape: Shape };
  /**
   * The maximum of each bin of whole feature pixels; 0 for a bin without pixels in the map. Inputs features
   * `[N, C, H, W]`, boxes `[R, 4]`, batch index `[R]` int64.
   */
  roiPool: RoiPoolParameters;
  /** Gradient of `roiPool` with respect to its features. Inputs dy, features, boxes, batch index. */
  roiPoolGradient: RoiPoolParameters;

  // Element by element

  relu: Empty;
  sigmoid: Empty;
  /** (x + 3) / 6, clamped to 0…1 */
  hardSigmoid: Empty;
  softmax: { axis: number };
  logSoftmax: { axis: number };
  exp: Empty;
  /** 1 where x > 0, else 0 */
  step: Empty;
  /** 1 where x < limit, else 0; |limit| below 2²⁷ */
  stepDown: { limit: number };
  /** x clamped to `min` … `max`; the gradient passes strictly in between */
  clamp: { min: number; max: number };
  /** rounds to the nearest integer, halves to even */
  round: Empty;
  /** x to the power of a constant */
  power: { exponent: number };
  /** scale · x + offset, both constants */
  affine: { scale: number; offset: number };
  /** add, sub, mul: two inputs of equal rank; extents of 1 broadcast */
  add: Empty;
  sub: Empty;
  mul: Empty;
  /** inputs logits, targets in 0…1 of the same shape → −t·log σ(x) − (1 − t)·log(1 − σ(x)) for each element */
  binaryCrossEntropy: Empty;

  // Eight bits

  /** float32 → uint8, in steps of `scale`: clamp(round(x / scale) + zeroPoint, 0, 255); halves are rounded to even */
  toBytes: ByteScale;
  /** uint8 → float32: scale · (x − zeroPoint) */
  fromBytes: ByteScale;
  /** inputs x `[R, …]` int8 or int32, scales `[R]` → float32 x with each row multiplied by its scale */
  scaleRows: Empty;

  // Sums and shapes

  /** the sum along axes, which are kept with extent 1 */
  reduceSum: { axes: readonly number[] };
  /** the number of elements summed along these axes, as float32 `[1, …, 1]` of the input's rank */
  countAlong: { axes: readonly number[] };
  /** repeats extents of 1 up to `shape`; a second input supplies `shape` as int64 if it is symbolic */
  expand: { shape: Shape };
  concat: { axis: number };
  /** at most one extent may be symbolic */
  reshape: { shape: readonly ReshapeExtent[] };
  /** to any shape of the same size; a second input supplies it as int64 if it is symbolic */
  reshapeTo: { shape: Shape };
  /** the extents, `[rank]` int64 */
  shapeOf: Empty;
  /** one extent, `[1]` int64 */
  extentOf: { axis: number };
  /** axis i of the output is axis `order[i]` of the input */
  transpose: { order: readonly number[] };
  /** zeros added before and after each axis; negative numbers crop */
  pad: { before: readonly number[]; after: readonly number[] };
  /**
   * inputs x, start and end `[1]` int64: the elements from start (inclusive) to end (exclusive), `extent` of
   * them
   */
  sliceBetween: { axis: number; extent: Dim };
  /** elements in reverse order along axes */
  reverse: { axes: readonly number[] };
  /** rows of the first input, selected by the second, `[R]` int64 */
  gatherRows: Empty;
  /**
   * Inputs updates `[R, …]`, rows `[R]` int64: zeros of `shape` with the updates added to their rows, any
   * number to the same row. A third input supplies `shape` as int64 if it is symbolic.
   */
  scatterAddRows: { shape: Shape };
  /** class indices `[R]` int64 → float32 `[R, depth]` */
  oneHot: { depth: number };
  /** no inputs: a tensor filled with one number */
  constant: { shape: readonly number[]; value: number };
}

export interface WindowParameters {
  kernel: number;
  stride: number;
  padding: number;
}

export interface RoiAlignParameters {
  /** Bins along each side of the output. */
  resolution: number;
  /** Feature pixels per picture pixel: 1 / stride. */
  spatialScale: number;
  /** Sampling points along each side of a bin; 0 means ⌈RoI size / resolution⌉. */
  samplingRatio: number;
  /** Subtract half a feature pixel from the box's corners. */
  aligned: boolean;
}

export interface RoiPoolParameters {
  /** Bins along each side of the output. */
  resolution: number;
  /** Feature pixels per picture pixel: 1 / stride. */
  spatialScale: number;
  /**
   * `unequal`: corners rounded, bins from ⌊i·n/resolution⌋ to ⌈(i + 1)·n/resolution⌉ (Girshick 2015; torchvision
   * `roi_pool`). `dropping`: corners rounded down, bins of ⌊n/resolution⌋ pixels, the remainder left out.
   */
  form: 'unequal' | 'dropping';
}

/** An extent, or `'rest'`: whatever the other extents leave. */
export type ReshapeExtent = number | 'rest';

type Empty = Record<never, never>;

export type OperationName = keyof OperationParameters;
