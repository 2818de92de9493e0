import type { Dim, Shape } from './dim.ts';

/**
 * The closed set of operations: the name of each and the type of its parameters. Tables keyed by these names
 * (shape rules, gradient rules, ONNX emission) are total, so adding a name here makes the compiler list what
 * is missing. Feature maps are `[N, C, H, W]`; every operation gives one value.
 */
export interface OperationParameters {
  // Layers

  /** inputs x, weight `[O, C/groups, kH, kW]`, optional bias `[O]`; `dilation` pixels between taps, by default 1 */
  conv: { stride: number; padding: number; groups: number; dilation?: number };
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
   * Gradient of a depthwise `conv` (one channel in and out for each group) with respect to its weight: inputs x
   * `[N, C, H, W]`, dy `[N, C, h, w]`, N known → `[C, 1, kernel, kernel]`
   */
  depthwiseWeightGradient: WindowParameters;
  /** (x − mean) / √(var + eps) · weight + bias for each channel; inputs x, weight, bias, mean, variance `[C]` */
  batchNorm: { eps: number };
  /** inputs x `[N, K]`, weight `[M, K]`, bias `[M]` → x · weightᵀ + bias */
  linear: Empty;
  /** batched matrix product `[…, M, K] · […, K, N]`, of equal leading extents, each factor transposed on demand */
  matmul: { transposeA?: boolean; transposeB?: boolean };
  maxPool: WindowParameters;
  /** Gradient of `maxPool`: inputs dy, x → each dy at the place of its window's (first) maximum, summed. */
  maxPoolGradient: WindowParameters;
  /** the mean of each `factor` × `factor` block; H and W are multiples of it */
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
   * `[R, C, resolution, resolution]`, boxes, batch index, and `shape` as int64 where it is symbolic.
   */
  roiAlignGradient: RoiAlignParameters & { shape: Shape };
  /**
   * The maximum of each bin of whole feature pixels; a bin without pixels in the map gives 0. Inputs features
   * `[N, C, H, W]`, boxes `[R, 4]`, batch index `[R]` int64.
   */
  roiPool: RoiPoolParameters;
  /** Gradient of `roiPool` with respect to its features. Inputs dy, features, boxes, batch index. */
  roiPoolGradient: RoiPoolParameters;

  // Element by element

  relu: Empty;
  sigmoid: Empty;
  /** (x + 3) / 6, limited to 0…1 */
  hardSigmoid: Empty;
  softmax: { axis: number };
  logSoftmax: { axis: number };
  exp: Empty;
  /** 1 where x > 0, else 0 */
  step: Empty;
  /** 1 where x < limit, else 0; |limit| below 2²⁷ */
  stepDown: { limit: number };
  /** x limited to `min` … `max`; its gradient passes strictly in between */
  clamp: { min: number; max: number };
  /** to the nearest integer, halves to even */
  round: Empty;
  /** x to a constant exponent */
  power: { exponent: number };
  /** scale · x + offset, both constants */
  affine: { scale: number; offset: number };
  /** add, sub, mul: two inputs of equal rank, with the broadcasting of extents 1 */
  add: Empty;
  sub: Empty;
  mul: Empty;
  /** inputs logits, targets in 0…1 of the same shape → −t·log σ(x) − (1 − t)·log(1 − σ(x)) for each element */
  binaryCrossEntropy: Empty;

  // Sums and shapes

  /** the sum along axes, which stay with extent 1 */
  reduceSum: { axes: readonly number[] };
  /** how many elements a sum along these axes adds, as float32 `[1, …, 1]` of the input's rank */
  countAlong: { axes: readonly number[] };
  /** extents 1 repeated up to `shape`; a second input gives `shape` as int64 where it is symbolic */
  expand: { shape: Shape };
  concat: { axis: number };
  /** at most one extent may be symbolic */
  reshape: { shape: readonly ReshapeExtent[] };
  /** to any shape of the same size; a second input gives it as int64 where it is symbolic */
  reshapeTo: { shape: Shape };
  /** the extents, `[rank]` int64 */
  shapeOf: Empty;
  /** one extent, `[1]` int64 */
  extentOf: { axis: number };
  /** axis i of the output is axis `order[i]` of the input */
  transpose: { order: readonly number[] };
  /** zeros added before and after each axis; a negative number takes elements away */
  pad: { before: readonly number[]; after: readonly number[] };
  /** inputs x, start and end `[1]` int64: the elements from start to before end, `extent` of them */
  sliceBetween: { axis: number; extent: Dim };
  /** of `[N, C, H, W]` every `stride`-th row and column, from the given ones on */
  phase: { stride: number; row: number; column: number };
  /** elements in reverse order along axes */
  reverse: { axes: readonly number[] };
  /** rows of the first input, chosen by the second, `[R]` int64 */
  gatherRows: Empty;
  /**
   * Inputs updates `[R, …]`, rows `[R]` int64: zeros of `shape` to whose rows the updates are added, any number
   * to the same row. A third input gives `shape` as int64 where it is symbolic.
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
  /** Feature pixels for each picture pixel: 1 / stride. */
  spatialScale: number;
  /** Sampling points along each side of a bin; 0 means ⌈RoI size / resolution⌉. */
  samplingRatio: number;
  /** Subtract half a feature pixel from the box's corners. */
  aligned: boolean;
}

export interface RoiPoolParameters {
  /** Bins along each side of the output. */
  resolution: number;
  /** Feature pixels for each picture pixel: 1 / stride. */
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
