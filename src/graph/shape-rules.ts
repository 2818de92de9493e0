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

export interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** From the inputs of an operation to what it gives. Throws a GraphError where they do not fit. */
type ShapeRule<Op extends OperationName> = (
  inputs: readonly Value[],
  parameters: OperationParameters[Op],
) => Typed;

/** A graph that makes no sense: a mistake in the code that built it, not in a person's data. */
export class GraphError extends Error {
  override name = 'GraphError';
}

export const shapeRules: { readonly [Op in OperationName]: ShapeRule<Op> } = {
  conv: ([x, weight, bias], { stride, padding, groups }) => {
    const [batch, channels, height, width] = axes(x, 4);
    const [out, inGroup, kernelHeight, kernelWidth] = axes(weight, 4);
    expectDim(scaleDim(inGroup, groups), channels, `${weight.name}: input channels`);
    if (bias) expectShape(bias, [out]);
    const spatial = [
      windowed(height, known(kernelHeight), stride, padding),
      windowed(width, known(kernelWidth), stride, padding),
    ];
    return { shape: [batch, out, ...spatial], dtype: x.dtype };
  },

  convTranspose: ([x, weight, bias], { stride }) => {
    const [batch, channels, height, width] = axes(x, 4);
    const [inChannels, out, kernelHeight, kernelWidth] = axes(weight, 4);
    expectDim(inChannels, channels, `${weight.name}: input channels`);
    expectDim(kernelHeight, stride, `${weight.name}: kernel`);
    expectDim(kernelWidth, stride, `${weight.name}: kernel`);
    expectShape(bias, [out]);
    return { shape: [batch, out, scaleDim(height, stride), scaleDim(width, stride)], dtype: x.dtype };
  },

  batchNorm: ([x, ...statistics]) => {
    const channels = axes(x, 4)[1];
    for (const statistic of statistics) expectShape(statistic, [channels]);
    return x;
  },

  linear: ([x, weight, bias]) => {
    const [rows, features] = axes(x, 2);
    const [out, inFeatures] = axes(weight, 2);
    expectDim(inFeatures, features, `${weight.name}: input features`);
    expectShape(bias, [out]);
    return { shape: [rows, out], dtype: x.dtype };
  },

  matmul: ([a, b]) => {
    const [aRows, aColumns] = a.shape.slice(-2);
    const [bRows, bColumns] = b.shape.slice(-2);
    expectDim(bRows, aColumns, `${b.name}: rows`);
    return { shape: [...a.shape.slice(0, -2), aRows, bColumns], dtype: a.dtype };
  },

  relu: ([x]) => x,
  sigmoid: ([x]) => x,
  softmax: ([x]) => x,

  add: ([a, b]) => ({ shape: broadcast(a, b), dtype: a.dtype }),

  maxPool: ([x], { kernel, stride, padding }) => {
    const [batch, channels, height, width] = axes(x, 4);
    const spatial = [windowed(height, kernel, stride, padding), windowed(width, kernel, stride, padding)];
    return { shape: [batch, channels, ...spatial], dtype: x.dtype };
  },

  upsampleNearest: ([x], { factor }) => {
    const [batch, channels, height, width] = axes(x, 4);
    return { shape: [batch, channels, scaleDim(height, factor), scaleDim(width, factor)], dtype: x.dtype };
  },

  roiAlign: ([features, boxes, batchIndex], { resolution }) => {
    const channels = axes(features, 4)[1];
    const [rois, coordinates] = axes(boxes, 2);
    expectDim(coordinates, 4, `${boxes.name}: coordinates`);
    expectShape(batchIndex, [rois]);
    return { shape: [rois, channels, resolution, resolution], dtype: features.dtype };
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

  gatherRows: ([data, rows]) => ({ shape: [axes(rows, 1)[0], ...data.shape.slice(1)], dtype: data.dtype }),
};

/** Output extent of a sliding window: ⌊(extent + 2·padding − kernel) / stride⌋ + 1. */
function windowed(extent: Dim, kernel: number, stride: number, padding: number): Dim {
  return addDims(floorDivideDim(addDims(extent, 2 * padding - kernel), stride), 1);
}

function broadcast(a: Value, b: Value): Shape {
  if (a.shape.length !== b.shape.length) {
    throw new GraphError(`cannot add ${describe(a)} and ${describe(b)}: ranks differ`);
  }
  return a.shape.map((dim, axis) => {
    const other = b.shape[axis];
    if (dim === 1) return other;
    if (other === 1 || sameDim(dim, other)) return dim;
    throw new GraphError(`cannot add ${describe(a)} and ${describe(b)}: axis ${axis} differs`);
  });
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

function axes(value: Value | undefined, rank: number): Shape {
  if (!value) throw new GraphError(`an input of rank ${rank} is missing`);
  if (value.shape.length !== rank) throw new GraphError(`${describe(value)} should have ${rank} axes`);
  return value.shape;
}

function known(dim: Dim): number {
  if (typeof dim !== 'number') throw new GraphError('a kernel needs a known size');
  return dim;
}

function expectDim(actual: Dim, expected: Dim, what: string): void {
  if (!sameDim(actual, expected)) {
    throw new GraphError(`${what} should be ${printShape([expected])}, not ${printShape([actual])}`);
  }
}

function expectShape(value: Value | undefined, shape: Shape): void {
  axes(value, shape.length).forEach((dim, axis) => {
    expectDim(dim, shape[axis], `${value?.name}: axis ${axis}`);
  });
}

function describe(value: Value): string {
  return `${value.name} ${printShape(value.shape)}`;
}
