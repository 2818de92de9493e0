/**
 * The closed set of operations: the name of each and the type of its parameters. Tables keyed by these names
 * (shape rules, ONNX emission) are total, so adding a name here makes the compiler list what is
 * missing. Feature maps are `[N, C, H, W]`; every operation gives one value.
 */
export interface OperationParameters {
  /** inputs x, weight `[O, C/groups, kH, kW]`, optional bias `[O]` */
  conv: { stride: number; padding: number; groups: number };
  /** inputs x, weight `[C, O, k, k]`, bias `[O]`; stride = k, so that outputs do not overlap */
  convTranspose: { stride: number };
  /** (x − mean) / √(var + eps) · weight + bias for each channel; inputs x, weight, bias, mean, variance `[C]` */
  batchNorm: { eps: number };
  /** inputs x `[N, K]`, weight `[M, K]`, bias `[M]` → x · weightᵀ + bias */
  linear: Empty;
  /** batched matrix product `[…, M, K] · […, K, N]` */
  matmul: Empty;
  relu: Empty;
  sigmoid: Empty;
  softmax: { axis: number };
  /** element-wise, with the broadcasting of extents 1 */
  add: Empty;
  maxPool: { kernel: number; stride: number; padding: number };
  /** each pixel repeated `factor` times along H and W */
  upsampleNearest: { factor: number };
  /** inputs features `[N, C, H, W]`, boxes `[R, 4]` x1,y1,x2,y2 in pixels of the picture, batch index `[R]` int64 */
  roiAlign: RoiAlignParameters;
  concat: { axis: number };
  /** at most one extent may be symbolic */
  reshape: { shape: readonly ReshapeExtent[] };
  /** rows of the first input, chosen by the second, `[R]` int64 */
  gatherRows: Empty;
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

/** An extent, or `'rest'`: whatever the other extents leave. */
export type ReshapeExtent = number | 'rest';

type Empty = Record<never, never>;

export type OperationName = keyof OperationParameters;
