import type { ByteScale } from '../../core/byte-scale.ts';
import type { Shape } from '../dim.ts';
import type { Value } from '../graph.ts';
import type { OperationName, OperationParameters, WindowParameters } from '../operations.ts';
import { known } from '../shape-checks.ts';
import { emitBlockedConv, isFasterInBlocks } from './blocked-channels.ts';
import { emitConvWeightGradient } from './conv-weight-gradient.ts';
import { asFloat, type Emission } from './emission.ts';
import { dataTypes, type OnnxTensor } from './protobuf.ts';
import { emitRoiAlignGradient } from './roi-align-gradient.ts';
import { emitRoiPool, emitRoiPoolGradient } from './roi-pool.ts';
import { emitSampledRoiAlign } from './sampled-roi-align.ts';

type EmissionRule<Op extends OperationName> = (
  emission: Emission,
  parameters: OperationParameters[Op],
) => void;

/** How each operation is written in ONNX's standard operators. */
export const emissionRules: { readonly [Op in OperationName]: EmissionRule<Op> } = {
  conv: (emission, { stride, padding, groups, dilation = 1, more = 0 }) => {
    const attributes = {
      strides: [stride, stride],
      pads: [padding, padding, padding + more, padding + more],
      dilations: [dilation, dilation],
    };
    if (isFasterInBlocks(emission)) return emitBlockedConv(emission, attributes);
    emission.node('Conv', emission.inputs, emission.output, { ...attributes, group: groups });
  },

  convTranspose: ({ node, inputs, output }, { stride, padding, groups, outputPadding }) =>
    node('ConvTranspose', inputs, output, {
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      group: groups,
      output_padding: outputPadding,
    }),

  convWeightGradient: emitConvWeightGradient,

  batchNorm: ({ node, inputs, output }, { eps }) =>
    node('BatchNormalization', inputs, output, { epsilon: { float: eps } }),

  channelStatistics: ({ node, value, inputs: [x], operands, output, integers, number }) => {
    const channels = known(operands[0].shape[1]);
    const count = value('Max', [countOf({ value, integers }, x, [0, 2, 3]), number(1)]);
    const mean = (map: string) =>
      value('Div', [value('ReduceSum', [map, integers(0, 2, 3)], { keepdims: 1 }), count]);
    const means = mean(x);
    const centred = value('Sub', [x, means]);
    const variances = mean(value('Mul', [centred, centred]));
    const rows = [means, variances].map((each) => value('Reshape', [each, integers(1, channels)]));
    node('Concat', rows, output, { axis: 0 });
  },

  // A convolution makes one pass over the map, and takes a ReLU with it, where Mul and Add would make two.
  channelAffine: ({ node, value, inputs: [x, scale, offset], operands, output, integers }) => {
    const channels = known(operands[0].shape[1]);
    const kernels = value('Reshape', [scale, integers(channels, 1, 1, 1)]);
    node('Conv', [x, kernels, offset], output, { group: channels });
  },

  linear: ({ node, inputs, output }) => node('Gemm', inputs, output, { transB: 1 }),

  matmul: ({ node, value, inputs, operands, output }, { transposeA = false, transposeB = false }) => {
    const rank = operands[0].shape.length;
    if (rank === 2 && (transposeA || transposeB)) {
      return node('Gemm', inputs, output, { transA: Number(transposeA), transB: Number(transposeB) });
    }
    // ONNX Runtime fuses these transpositions into the product.
    const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
    const matrix = (name: string, transposed: boolean) =>
      transposed ? value('Transpose', [name], { perm }) : name;
    node('MatMul', [matrix(inputs[0], transposeA), matrix(inputs[1], transposeB)], output);
  },

  toBytes: ({ node, inputs, output, number, constant }, scale) =>
    node('QuantizeLinear', [...inputs, number(scale.scale), zeroPointOf(scale, constant)], output),

  fromBytes: ({ node, inputs, output, number, constant }, scale) =>
    node('DequantizeLinear', [...inputs, number(scale.scale), zeroPointOf(scale, constant)], output),

  // ONNX Runtime computes linear layers with bytes only where the zero points are given.
  scaleRows: ({ node, inputs, operands: [{ dtype, shape }], output, constant }) => {
    const rows = known(shape[0]);
    const data = dtype === 'int8' ? new Int8Array(rows) : new Int32Array(rows);
    const zeros = constant({ dtype, shape: [rows], data } as OnnxTensor);
    node('DequantizeLinear', [...inputs, zeros], output, { axis: 0 });
  },

  relu: ({ node, inputs, output }) => node('Relu', inputs, output),

  sigmoid: ({ node, inputs, output }) => node('Sigmoid', inputs, output),

  hardSigmoid: ({ node, inputs, output }) =>
    node('HardSigmoid', inputs, output, { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),

  softmax: ({ node, inputs, output }, { axis }) => node('Softmax', inputs, output, { axis }),

  logSoftmax: ({ node, inputs, output }, { axis }) => node('LogSoftmax', inputs, output, { axis }),

  exp: ({ node, inputs, output }) => node('Exp', inputs, output),

  // Clamped to 0…1 after a steep slope; faster than comparing and casting.
  step: ({ node, inputs, output }) =>
    node('HardSigmoid', inputs, output, { alpha: { float: 3e38 }, beta: { float: 0 } }),

  // limit − x, exactly, times a power of two that raises the smallest such difference above 1.
  stepDown: ({ node, inputs, output }, { limit }) =>
    node('HardSigmoid', inputs, output, { alpha: { float: -(2 ** 100) }, beta: { float: limit * 2 ** 100 } }),

  clamp: ({ node, inputs, output, number }, { min, max }) =>
    node('Clip', [inputs[0], number(min), number(max)], output),

  round: ({ node, inputs, output }) => node('Round', inputs, output),

  power: ({ node, inputs, output, number }, { exponent }) =>
    node('Pow', [inputs[0], number(exponent)], output),

  affine: ({ node, value, inputs: [x], output, number }, { scale, offset }) => {
    if (offset === 0) return node('Mul', [x, number(scale)], output);
    node('Add', [scale === 1 ? x : value('Mul', [x, number(scale)]), number(offset)], output);
  },

  add: ({ node, inputs, output }) => node('Add', inputs, output),

  sub: ({ node, inputs, output }) => node('Sub', inputs, output),

  mul: ({ node, inputs, output }) => node('Mul', inputs, output),

  // max(x, 0) − t·x + log(1 + exp(−|x|)): no term overflows, and small losses keep their digits.
  binaryCrossEntropy: ({ node, value, inputs: [x, target], output }) => {
    const tail = value('Softplus', [value('Neg', [value('Abs', [x])])]);
    node('Add', [value('Sub', [value('Relu', [x]), value('Mul', [x, target])]), tail], output);
  },

  reduceSum: ({ node, inputs, output, integers }, { axes }) =>
    node('ReduceSum', [inputs[0], integers(...axes)], output, { keepdims: 1 }),

  countAlong: ({ node, value, inputs, operands, output, integers }, { axes }) => {
    const count = countOf({ value, integers }, inputs[0], axes);
    node('Reshape', [count, integers(...operands[0].shape.map(() => 1))], output);
  },

  expand: (emission, { shape }) =>
    emission.node('Expand', [emission.inputs[0], extentsOf(emission, 1, shape)], emission.output),

  maxPool: ({ node, inputs, output }, window) => node('MaxPool', inputs, output, windowAttributes(window)),

  maxPoolGradient: ({ node, value, inputs: [dy, x], output, integers, constant, lacks }, window) => {
    // The processor takes over what is computed in double precision.
    const map = lacks.includes('MaxPool.Indices') ? value('Cast', [x], { to: dataTypes.float64 }) : x;
    // The indices are offsets into the whole of x.
    const indices = value('Reshape', [value('MaxPool', [map], windowAttributes(window), 1), integers(-1)]);
    const extents = value('Shape', [x]);
    const size = value('ReduceProd', [extents], { axes: [0] });
    const zero = { dtype: 'float32', shape: [], data: Float32Array.of(0) } as const;
    const zeros = value('Expand', [constant(zero), size]);
    const updates = value('Reshape', [dy, integers(-1)]);
    const sums = value('ScatterElements', [zeros, indices, updates], { axis: 0, reduction: 'add' });
    node('Reshape', [sums, extents], output);
  },

  averagePool: ({ node, inputs, output }, { factor }) =>
    node('AveragePool', inputs, output, { kernel_shape: [factor, factor], strides: [factor, factor] }),

  upsampleNearest: ({ node, inputs, output, constant }, { factor }) => {
    const scales = constant({ dtype: 'float32', shape: [4], data: Float32Array.of(1, 1, factor, factor) });
    node('Resize', [inputs[0], '', scales], output, {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  },

  upsampleBilinear: (emission, { factor }) => {
    const { inputs, output } = emission;
    emission.node('Resize', [inputs[0], '', scales(emission, factor, factor)], output, bilinear);
  },

  // The map is linear along each axis, so its matrix is its image of the identity.
  upsampleBilinearGradient: (emission, { factor }) => {
    const {
      node,
      value,
      inputs: [dy],
      output,
      integers,
    } = emission;
    const matrix = (axis: 2 | 3) => {
      const extent = value('Div', [value('Shape', [dy], { start: axis, end: axis + 1 }), integers(factor)]);
      const square = value('ConstantOfShape', [value('Concat', [extent, extent], { axis: 0 })]);
      const identity = value('Unsqueeze', [value('EyeLike', [square]), integers(0, 1)]);
      // `[factor · n, n]`
      const enlarged = value('Resize', [identity, '', scales(emission, factor, 1)], bilinear);
      return value('Squeeze', [enlarged, integers(0, 1)]);
    };
    const rows = value('Transpose', [matrix(2)], { perm: [1, 0] });
    // One copy per map: without maps, MatMul could not broadcast a single one.
    const maps = value('Shape', [dy], { start: 0, end: 2 });
    const left = value('Expand', [rows, value('Concat', [maps, value('Shape', [rows])], { axis: 0 })]);
    node('MatMul', [left, value('MatMul', [dy, matrix(3)])], output);
  },

  roiAlign: (emission, parameters) => {
    const { resolution, spatialScale, samplingRatio, aligned } = parameters;
    if (emission.lacks.includes('RoiAlign') && samplingRatio > 0)
      return emitSampledRoiAlign(emission, parameters);
    emission.node('RoiAlign', emission.inputs, emission.output, {
      mode: 'avg',
      output_height: resolution,
      output_width: resolution,
      sampling_ratio: samplingRatio,
      spatial_scale: { float: spatialScale },
      coordinate_transformation_mode: aligned ? 'half_pixel' : 'output_half_pixel',
    });
  },

  roiAlignGradient: emitRoiAlignGradient,

  roiPool: emitRoiPool,

  roiPoolGradient: emitRoiPoolGradient,

  concat: ({ node, inputs, output }, { axis }) => node('Concat', inputs, output, { axis }),

  reshape: ({ node, inputs, output, integers }, { shape }) => {
    const extents = shape.map((extent) => (extent === 'rest' ? -1 : extent));
    node('Reshape', [inputs[0], integers(...extents)], output);
  },

  reshapeTo: (emission, { shape }) =>
    emission.node('Reshape', [emission.inputs[0], extentsOf(emission, 1, shape)], emission.output),

  shapeOf: ({ node, inputs, output }) => node('Shape', inputs, output),

  extentOf: ({ node, inputs, output }, { axis }) =>
    node('Shape', inputs, output, { start: axis, end: axis + 1 }),

  transpose: ({ node, inputs, output }, { order }) => node('Transpose', inputs, output, { perm: order }),

  pad: ({ node, inputs, output, integers }, { before, after }) =>
    node('Pad', [inputs[0], integers(...before, ...after)], output),

  sliceBetween: ({ node, inputs, output, integers }, { axis }) =>
    node('Slice', [...inputs, integers(axis)], output),

  reverse: ({ node, value, inputs: [x], operands, output, integers, constant }, { axes }) => {
    const count = elementsReversed(operands[0], axes);
    if (count !== null) {
      // Three times as fast for kernels as Slice, which takes element by element.
      const mirror = Float32Array.from({ length: count ** 2 }, (_, i) =>
        Number((i % count) + Math.floor(i / count) === count - 1),
      );
      const matrix = constant({ dtype: 'float32', shape: [count, count], data: mirror });
      const turned = value('MatMul', [value('Reshape', [x, integers(-1, count)]), matrix]);
      return node('Reshape', [turned, integers(...operands[0].shape.map(known))], output);
    }
    const each = (value: number) => integers(...axes.map(() => value));
    node('Slice', [x, each(-1), each(-toTheEnd), integers(...axes), each(-1)], output);
  },

  gatherRows: ({ node, inputs, output }) => node('Gather', inputs, output, { axis: 0 }),

  // ScatterElements, since ScatterND loses additions to the same row when several threads share the work.
  scatterAddRows: (emission, { shape }) => {
    const { node, value, inputs, output, integers } = emission;
    const [updates, rows] = inputs;
    const column = value('Reshape', [rows, integers(-1, ...shape.slice(1).map(() => 1))]);
    const indices = value('Expand', [column, value('Shape', [updates])]);
    const zeros = value('ConstantOfShape', [extentsOf(emission, 2, shape)]);
    node('ScatterElements', [zeros, indices, updates], output, { axis: 0, reduction: 'add' });
  },

  oneHot: ({ node, inputs, output, integers, constant }, { depth }) => {
    const values = constant({ dtype: 'float32', shape: [2], data: Float32Array.of(0, 1) });
    node('OneHot', [inputs[0], integers(depth), values], output);
  },

  constant: ({ node, constant, output }, { shape, value }) => {
    const data = new Float32Array(shape.reduce((size, extent) => size * extent, 1)).fill(value);
    node('Identity', [constant({ dtype: 'float32', shape, data })], output);
  },
};

function zeroPointOf({ zeroPoint }: ByteScale, constant: Emission['constant']): string {
  return constant({ dtype: 'uint8', shape: [], data: Uint8Array.of(zeroPoint) });
}

/** Attributes of a `Resize` as torch's `interpolate`, mode `bilinear`, `align_corners=False`. */
const bilinear = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };

/** Factors of a `Resize` of feature maps. */
function scales({ constant }: Emission, rows: number, columns: number): string {
  return constant({ dtype: 'float32', shape: [4], data: Float32Array.of(1, 1, rows, columns) });
}

/** The number of elements along axes, `[1]` float32. */
function countOf(
  { value, integers }: Pick<Emission, 'value' | 'integers'>,
  x: string,
  axes: readonly number[],
): string {
  const extents = value('Gather', [value('Shape', [x]), integers(...axes)]);
  return asFloat(value, value('ReduceProd', [extents], { axes: [0] }));
}

/** More elements are reversed one by one: the product that reverses n of them costs n operations each. */
const mostReversed = 64;

/** How many neighbours in memory are reversed, if only the last axes are; null if the extents are unknown or too large. */
function elementsReversed({ shape, dtype }: Value, axes: readonly number[]): number | null {
  const first = shape.length - axes.length;
  const areLast = axes.every((axis, i) => axis === first + i);
  const extents = shape.filter((extent) => typeof extent === 'number');
  if (!areLast || dtype !== 'float32' || extents.length < shape.length) return null;
  const count = extents.slice(first).reduce((a, b) => a * b);
  return count <= mostReversed ? count : null;
}

/** An end beyond any extent. */
const toTheEnd = 2 ** 31;

function windowAttributes({ kernel, stride, padding }: WindowParameters) {
  return {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  };
}

/** A shape as a tensor: an input if it is symbolic, otherwise a constant. */
function extentsOf({ inputs, integers }: Emission, position: number, shape: Shape): string {
  return inputs[position] ?? integers(...(shape as readonly number[]));
}
