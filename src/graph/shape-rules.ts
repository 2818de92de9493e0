import type { DType } from '../core/tensor.ts';
import {
  addDims,
  type Dim,
  floorDivideDim,
  multiplyDims,
  printShape,
  type Shape,
  sameDim,
  scaleDim,
} from './dim.ts';
import type { Value } from './graph.ts';
import type { OperationName, OperationParameters, ReshapeExtent } from './operations.ts';
import {
  axes,
  broadcast,
  describe,
  expectDim,
  expectShape,
  GraphError,
  known,
  windowed,
} from './shape-checks.ts';

export interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** From an operation's inputs to the shape and type of its output. Throws a GraphError if they do not fit. */
type ShapeRule<Op extends OperationName> = (
  inputs: readonly Value[],
  parameters: OperationParameters[Op],
) => Typed;

export const shapeRules: { readonly [Op in OperationName]: ShapeRule<Op> } = {
  conv: ([x, weight, bias], { stride, padding, groups, dilation = 1, more = 0 }) => {
    const [batch, channels, height, width] = axes(x, 4);
    const [out, inGroup, kernelHeight, kernelWidth] = axes(weight, 4);
    expectDim(scaleDim(inGroup, groups), channels, `${weight.name}: input channels`);
    if (bias) expectShape(bias, [out]);
    const reach = (kernel: Dim) => dilation * (known(kernel) - 1) + 1;
    const spatial = [
      windowed(addDims(height, more), reach(kernelHeight), stride, padding),
      windowed(addDims(width, more), reach(kernelWidth), stride, padding),
    ];
    return { shape: [batch, out, ...spatial], dtype: x.dtype };
  },

  convTranspose: ([x, weight, bias], { stride, padding, groups, outputPadding }) => {
    const [batch, channels, height, width] = axes(x, 4);
    const [inChannels, outInGroup, kernelHeight, kernelWidth] = axes(weight, 4);
    expectDim(inChannels, channels, `${weight.name}: input channels`);
    const out = scaleDim(outInGroup, groups);
    if (bias) expectShape(bias, [out]);
    const spread = (extent: Dim, kernel: Dim, axis: 0 | 1) =>
      addDims(scaleDim(addDims(extent, -1), stride), known(kernel) - 2 * padding + outputPadding[axis]);
    const spatial = [spread(height, kernelHeight, 0), spread(width, kernelWidth, 1)];
    return { shape: [batch, out, ...spatial], dtype: x.dtype };
  },

  convWeightGradient: ([x, dy], { kernel, stride, padding, groups, dilation = 1 }) => {
    const [pictures, channels, ...extents] = axes(x, 4);
    const spatial = extents.map((extent, i) =>
      windowed(extent, dilation * (kernel[i] - 1) + 1, stride, padding),
    );
    const out = known(axes(dy, 4)[1]);
    expectShape(dy, [pictures, out, ...spatial]);
    return { shape: [out, known(channels) / groups, ...kernel], dtype: x.dtype };
  },

  batchNorm: ([x, ...statistics]) => {
    const channels = axes(x, 4)[1];
    for (const statistic of statistics) expectShape(statistic, [channels]);
    return x;
  },

  channelStatistics: ([x]) => ({ shape: [2, axes(x, 4)[1]], dtype: x.dtype }),

  channelAffine: ([x, ...vectors]) => {
    const channels = axes(x, 4)[1];
    for (const vector of vectors) expectShape(vector, [channels]);
    return x;
  },

  linear: ([x, weight, bias]) => {
    const [rows, features] = axes(x, 2);
    const [out, inFeatures] = axes(weight, 2);
    expectDim(inFeatures, features, `${weight.name}: input features`);
    expectShape(bias, [out]);
    return { shape: [rows, out], dtype: x.dtype };
  },

  matmul: ([a, b], { transposeA = false, transposeB = false }) => {
    const matrix = (value: Value, transposed: boolean) =>
      transposed ? value.shape.slice(-2).toReversed() : value.shape.slice(-2);
    const batch = a.shape.slice(0, -2);
    const [aRows, aColumns] = matrix(a, transposeA);
    const [bRows, bColumns] = matrix(b, transposeB);
    expectDim(bRows, aColumns, `${b.name}: rows`);
    expectShape(b, [...batch, ...b.shape.slice(-2)]);
    return { shape: [...batch, aRows, bColumns], dtype: a.dtype };
  },

  toBytes: ([x]) => ({ shape: x.shape, dtype: 'uint8' }),
  fromBytes: ([x]) => ({ shape: x.shape, dtype: 'float32' }),
  scaleRows: ([x, scales]) => {
    expectShape(scales, [x.shape[0]]);
    return { shape: x.shape, dtype: 'float32' };
  },

  relu: ([x]) => x,
  sigmoid: ([x]) => x,
  hardSigmoid: ([x]) => x,
  softmax: ([x]) => x,
  logSoftmax: ([x]) => x,
  exp: ([x]) => x,
  step: ([x]) => x,
  stepDown: ([x]) => x,
  clamp: ([x]) => x,
  round: ([x]) => x,
  power: ([x]) => x,
  affine: ([x]) => x,

  add: ([a, b]) => ({ shape: broadcast(a, b), dtype: a.dtype }),
  sub: ([a, b]) => ({ shape: broadcast(a, b), dtype: a.dtype }),
  mul: ([a, b]) => ({ shape: broadcast(a, b), dtype: a.dtype }),

  binaryCrossEntropy: ([logits, targets]) => {
    expectShape(targets, logits.shape);
    return logits;
  },

  reduceSum: ([x], parameters) => ({ shape: summed(x, parameters.axes), dtype: x.dtype }),

  countAlong: ([x]) => ({ shape: x.shape.map(() => 1), dtype: 'float32' }),

  expand: ([x, extents], { shape }) => {
    axes(x, shape.length).forEach((dim, axis) => {
      if (dim !== 1) expectDim(dim, shape[axis], `${x.name}: axis ${axis}`);
    });
    expectExtents(extents, shape);
    return { shape, dtype: x.dtype };
  },

  maxPool: ([x], { kernel, stride, padding }) => {
    const [batch, channels, height, width] = axes(x, 4);
    const spatial = [windowed(height, kernel, stride, padding), windowed(width, kernel, stride, padding)];
    return { shape: [batch, channels, ...spatial], dtype: x.dtype };
  },

  maxPoolGradient: ([dy, x], { kernel, stride, padding }) => {
    const [batch, channels, height, width] = axes(x, 4);
    const spatial = [windowed(height, kernel, stride, padding), windowed(width, kernel, stride, padding)];
    expectShape(dy, [batch, channels, ...spatial]);
    return x;
  },

  averagePool: ([x], { factor }) => {
    const [batch, channels, height, width] = axes(x, 4);
    return {
      shape: [batch, channels, floorDivideDim(height, factor), floorDivideDim(width, factor)],
      dtype: x.dtype,
    };
  },

  upsampleNearest: ([x], { factor }) => {
    const [batch, channels, height, width] = axes(x, 4);
    return { shape: [batch, channels, scaleDim(height, factor), scaleDim(width, factor)], dtype: x.dtype };
  },

  upsampleBilinear: ([x], { factor }) => {
    const [batch, channels, height, width] = axes(x, 4);
    return { shape: [batch, channels, scaleDim(height, factor), scaleDim(width, factor)], dtype: x.dtype };
  },

  upsampleBilinearGradient: ([dy], { factor }) => {
    const [batch, channels, height, width] = axes(dy, 4);
    return {
      shape: [batch, channels, floorDivideDim(height, factor), floorDivideDim(width, factor)],
      dtype: dy.dtype,
    };
  },

  roiAlign: ([features, boxes, batchIndex], { resolution }) => {
    const channels = axes(features, 4)[1];
    const [rois, coordinates] = axes(boxes, 2);
    expectDim(coordinates, 4, `${boxes.name}: coordinates`);
    expectShape(batchIndex, [rois]);
    return { shape: [rois, channels, resolution, resolution], dtype: features.dtype };
  },

  roiAlignGradient: ([dy, boxes, batchIndex, extents], { resolution, shape }) => {
    const [rois] = axes(boxes, 2);
    expectShape(dy, [rois, shape[1], resolution, resolution]);
    expectShape(batchIndex, [rois]);
    expectExtents(extents, shape);
    return { shape, dtype: dy.dtype };
  },

  roiPool: ([features, boxes, batchIndex], { resolution }) => {
    const channels = known(axes(features, 4)[1]);
    const [rois, coordinates] = axes(boxes, 2);
    expectDim(coordinates, 4, `${boxes.name}: coordinates`);
    expectShape(batchIndex, [rois]);
    return { shape: [rois, channels, resolution, resolution], dtype: features.dtype };
  },

  roiPoolGradient: ([dy, features, boxes, batchIndex], { resolution }) => {
    const [rois] = axes(boxes, 2);
    expectShape(dy, [rois, axes(features, 4)[1], resolution, resolution]);
    expectShape(batchIndex, [rois]);
    return features;
  },

  concat: (inputs, { axis }) => {
    const [first, ...others] = inputs;
    let total = first.shape[axis];
    for (const other of others) {
      expectShape(other, first.shape.with(axis, other.shape[axis]));
      total = addDims(total, other.shape[axis]);
    }
    return { shape: first.shape.with(axis, total), dtype: first.dtype };
  },

  reshape: ([x], { shape }) => ({ shape: reshaped(x, shape), dtype: x.dtype }),

  reshapeTo: ([x, extents], { shape }) => {
    expectExtents(extents, shape);
    return { shape, dtype: x.dtype };
  },

  shapeOf: ([x]) => ({ shape: [x.shape.length], dtype: 'int64' }),

  extentOf: () => ({ shape: [1], dtype: 'int64' }),

  transpose: ([x], { order }) => ({
    shape: axes(x, order.length).map((_, axis) => x.shape[order[axis]]),
    dtype: x.dtype,
  }),

  pad: ([x], { before, after }) => ({
    shape: axes(x, before.length).map((dim, axis) => addDims(dim, before[axis] + after[axis])),
    dtype: x.dtype,
  }),

  sliceBetween: ([x, start, end], { axis, extent }) => {
    expectShape(start, [1]);
    expectShape(end, [1]);
    return { shape: x.shape.with(axis, extent), dtype: x.dtype };
  },

  reverse: ([x]) => x,

  gatherRows: ([data, rows]) => ({ shape: [axes(rows, 1)[0], ...data.shape.slice(1)], dtype: data.dtype }),

  scatterAddRows: ([updates, rows, extents], { shape }) => {
    expectShape(updates, [axes(rows, 1)[0], ...shape.slice(1)]);
    expectExtents(extents, shape);
    return { shape, dtype: updates.dtype };
  },

  oneHot: ([indices], { depth }) => ({ shape: [axes(indices, 1)[0], depth], dtype: 'float32' }),

  constant: (_, { shape }) => ({ shape, dtype: 'float32' }),
};

function summed(x: Value, along: readonly number[]): Shape {
  return x.shape.map((dim, axis) => (along.includes(axis) ? 1 : dim));
}

/** A symbolic shape must also be supplied as a tensor; a known one must not. */
function expectExtents(extents: Value | undefined, shape: Shape): void {
  const symbolic = shape.some((dim) => typeof dim !== 'number');
  if (symbolic !== (extents !== undefined)) {
    throw new GraphError(`the shape ${printShape(shape)} ${symbolic ? 'is needed' : 'is known'} at run time`);
  }
  if (extents) expectShape(extents, [shape.length]);
}

function reshaped(x: Value, shape: readonly ReshapeExtent[]): Shape {
  const product = x.shape.reduce(multiplyDims, 1);
  const given = shape.reduce<number>((total, extent) => (extent === 'rest' ? total : total * extent), 1);
  const rest = floorDivideDim(product, given);
  if (!sameDim(scaleDim(rest, given), product) || (!shape.includes('rest') && !sameDim(rest, 1))) {
    throw new GraphError(`cannot reshape ${describe(x)} to [${shape.join(', ')}]`);
  }
  return shape.map((extent) => (extent === 'rest' ? rest : extent));
}
