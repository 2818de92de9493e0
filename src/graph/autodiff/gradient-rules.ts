import { pixelsOf } from '../batch-norm.ts';
import type { GraphBuilder } from '../builder.ts';
import { addDims, type Dim, type Shape, sameShape } from '../dim.ts';
import type { Node, Value } from '../graph.ts';
import type { OperationName } from '../operations.ts';
import { known } from '../shape-checks.ts';
import { convInputGradient, convWeightGradient } from './conv-gradients.ts';

/**
 * For each input of a node, a function that builds its gradient, or null if it has none (indices, boxes).
 * Only the functions that are needed are called.
 * @param dy Gradient of the loss with respect to the node's output.
 */
type GradientRule<Op extends OperationName> = (
  g: GraphBuilder,
  node: Node<Op>,
  dy: Value,
) => readonly ((() => Value) | null)[];

/**
 * How a gradient passes backwards through each operation. A rule may use the node's inputs and output;
 * whatever it uses must be kept until the gradient is computed, so rules prefer values that are kept anyway.
 * `'constant'` means that the derivative is zero, `'not differentiable'` that there is no rule.
 */
export const gradientRules: {
  readonly [Op in OperationName]: GradientRule<Op> | 'constant' | 'not differentiable';
} = {
  conv: (g, { inputs: [x, weight], parameters }, dy) => [
    () => convInputGradient(g, { x, weight, dy }, parameters),
    () => convWeightGradient(g, { x, weight, dy }, parameters),
    () => perChannel(g, dy),
  ],

  // The gradient of a convolution from its output's shape to its input's: `dy` and x swap roles.
  convTranspose: (g, { inputs: [x, weight], parameters: { stride, padding, groups } }, dy) => [
    () => g.conv(dy, weight, null, { stride, padding, groups }),
    () => convWeightGradient(g, { x: dy, weight, dy: x }, { stride, padding, groups }),
    () => perChannel(g, dy),
  ],

  batchNorm: (g, { inputs: [x, weight, , mean, variance], parameters: { eps } }, dy) => {
    const column = (value: Value) => g.reshape(value, [1, known(value.shape[0]), 1, 1]);
    const inverse = () => g.power(g.affine(variance, 1, eps), -0.5);
    const centred = () => g.sub(x, column(mean));
    const weightGradient = () => g.mul(perChannel(g, g.mul(dy, centred())), inverse());
    const inputFactor = () => g.mul(weight, inverse());
    return [
      () => g.mul(dy, column(inputFactor())),
      weightGradient,
      () => perChannel(g, dy),
      () => g.affine(g.mul(perChannel(g, dy), inputFactor()), -1),
      () => g.affine(g.mul(g.mul(weightGradient(), weight), g.power(g.affine(variance, 1, eps), -1)), -0.5),
    ];
  },

  channelStatistics: (g, { inputs: [x], output }, dy) => [
    () => {
      const inverse = g.power(pixelsOf(g, x), -1);
      const [dMean, dVariance] = g.rows(dy).map((each) => g.mul(each, inverse));
      const scale = g.affine(dVariance, 2);
      const [mean] = g.rows(output);
      return g.apply('channelAffine', [x, scale, g.sub(dMean, g.mul(scale, mean))], {});
    },
  ],

  channelAffine: (g, { inputs: [x, scale] }, dy) => [
    () => g.mul(dy, g.reshape(scale, [1, known(scale.shape[0]), 1, 1])),
    () => perChannel(g, g.mul(dy, x)),
    () => perChannel(g, dy),
  ],

  linear: (g, { inputs: [x, weight] }, dy) => [
    () => g.matmul(dy, weight),
    () => g.matmul(dy, x, { transposeA: true }),
    () => g.reshape(g.reduceSum(dy, [0]), [known(weight.shape[0])]),
  ],

  matmul: (g, { inputs: [a, b], parameters: { transposeA = false, transposeB = false } }, dy) => [
    () =>
      transposeA
        ? g.matmul(b, dy, { transposeA: transposeB, transposeB: true })
        : g.matmul(dy, b, { transposeB: !transposeB }),
    () =>
      transposeB
        ? g.matmul(dy, a, { transposeA: true, transposeB: transposeA })
        : g.matmul(a, dy, { transposeA: !transposeA }),
  ],

  maxPool: (g, { inputs: [x], parameters }, dy) => [() => g.apply('maxPoolGradient', [dy, x], parameters)],

  averagePool: (g, { parameters: { factor } }, dy) => [
    () => g.affine(g.upsampleNearest(dy, factor), 1 / factor ** 2),
  ],

  upsampleNearest: (g, { parameters: { factor } }, dy) => [
    () => g.affine(g.apply('averagePool', [dy], { factor }), factor ** 2),
  ],

  upsampleBilinear: (g, { parameters }, dy) => [() => g.apply('upsampleBilinearGradient', [dy], parameters)],

  roiAlign: (g, { inputs: [features, boxes, batchIndex], parameters }, dy) => [
    () =>
      g.apply('roiAlignGradient', [dy, boxes, batchIndex, ...extentsOf(g, features)], {
        ...parameters,
        shape: features.shape,
      }),
    null,
    null,
  ],

  roiPool: (g, { inputs: [features, boxes, batchIndex], parameters }, dy) => [
    () => g.apply('roiPoolGradient', [dy, features, boxes, batchIndex], parameters),
    null,
    null,
  ],

  relu: (g, { output }, dy) => [() => g.mul(dy, g.apply('step', [output], {}))],

  sigmoid: (g, { output }, dy) => [() => g.mul(dy, g.mul(output, g.affine(output, -1, 1)))],

  hardSigmoid: (g, { output }, dy) => [
    () => {
      const inside = g.mul(g.apply('step', [output], {}), g.apply('stepDown', [output], { limit: 1 }));
      return g.affine(g.mul(dy, inside), 1 / 6);
    },
  ],

  softmax: (g, { output, parameters: { axis } }, dy) => [
    () => g.mul(output, g.sub(dy, g.reduceSum(g.mul(dy, output), [axis]))),
  ],

  logSoftmax: (g, { output, parameters: { axis } }, dy) => [
    () => g.sub(dy, g.mul(g.apply('exp', [output], {}), g.reduceSum(dy, [axis]))),
  ],

  exp: (g, { output }, dy) => [() => g.mul(dy, output)],

  // The output lies strictly between the limits exactly where the input does, and the next layer keeps it.
  clamp: (g, { output, parameters: { min, max } }, dy) => [
    () => {
      const above = g.apply('step', [min === 0 ? output : g.affine(output, 1, -min)], {});
      const passed = g.mul(dy, above);
      return max === Infinity ? passed : g.mul(passed, g.apply('stepDown', [output], { limit: max }));
    },
  ],

  power: (g, { inputs: [x], parameters: { exponent } }, dy) => [
    () => g.mul(dy, g.affine(g.power(x, exponent - 1), exponent)),
  ],

  affine: (g, { parameters: { scale } }, dy) => [() => g.affine(dy, scale)],

  add: (g, { inputs: [a, b] }, dy) => [() => sumTo(g, dy, a), () => sumTo(g, dy, b)],

  sub: (g, { inputs: [a, b] }, dy) => [() => sumTo(g, dy, a), () => g.affine(sumTo(g, dy, b), -1)],

  mul: (g, { inputs: [a, b] }, dy) => [() => sumTo(g, g.mul(dy, b), a), () => sumTo(g, g.mul(dy, a), b)],

  binaryCrossEntropy: (g, { inputs: [logits, targets] }, dy) => [
    () => g.mul(dy, g.sub(g.sigmoid(logits), targets)),
    () => g.affine(g.mul(dy, logits), -1),
  ],

  reduceSum: (g, { inputs: [x] }, dy) => [
    () => g.apply('expand', [dy, ...extentsOf(g, x)], { shape: x.shape }),
  ],

  expand: (g, { inputs: [x] }, dy) => [() => sumTo(g, dy, x), null],

  concat: (g, { inputs, parameters: { axis } }, dy) =>
    inputs.map((_, part) => () => partOf(g, dy, { parts: inputs, part, axis })),

  reshape: (g, { inputs: [x] }, dy) => [() => reshapeLike(g, dy, x)],

  reshapeTo: (g, { inputs: [x] }, dy) => [() => reshapeLike(g, dy, x), null],

  transpose: (g, { parameters: { order } }, dy) => [
    () =>
      g.transpose(
        dy,
        order.map((_, axis) => order.indexOf(axis)),
      ),
  ],

  pad: (g, { parameters: { before, after } }, dy) => [
    () => g.apply('pad', [dy], { before: before.map(negative), after: after.map(negative) }),
  ],

  reverse: (g, { parameters }, dy) => [() => g.apply('reverse', [dy], parameters)],

  gatherRows: (g, { inputs: [data, rows] }, dy) => [
    () => g.apply('scatterAddRows', [dy, rows, ...extentsOf(g, data)], { shape: data.shape }),
    null,
  ],

  scatterAddRows: (g, { inputs: [, rows] }, dy) => [() => g.gatherRows(dy, rows), null, null],

  // Piecewise constant: no gradient passes back through these.
  step: 'constant',
  round: 'constant',
  stepDown: 'constant',
  countAlong: 'constant',
  shapeOf: 'constant',
  extentOf: 'constant',
  oneHot: 'constant',
  constant: 'constant',

  // Parts of gradients; second derivatives are not supported.
  toBytes: 'not differentiable',
  fromBytes: 'not differentiable',
  scaleRows: 'not differentiable',
  maxPoolGradient: 'not differentiable',
  upsampleBilinearGradient: 'not differentiable',
  convWeightGradient: 'not differentiable',
  roiAlignGradient: 'not differentiable',
  roiPoolGradient: 'not differentiable',
  sliceBetween: 'not differentiable',
};

/** The sum over pictures and pixels: `[N, C, h, w]` → `[C]`. */
function perChannel(g: GraphBuilder, x: Value): Value {
  return g.reshape(g.reduceSum(x, [0, 2, 3]), [known(x.shape[1])]);
}

/** Undoes broadcasting: sums over the axes along which `like` was repeated. */
function sumTo(g: GraphBuilder, dy: Value, like: Value): Value {
  const repeated = like.shape.flatMap((dim, axis) => (dim === 1 && dy.shape[axis] !== 1 ? [axis] : []));
  return repeated.length === 0 ? dy : g.reduceSum(dy, repeated);
}

/** The shape of a value as an extra operand if it is only known at run time. */
function extentsOf(g: GraphBuilder, x: Value): Value[] {
  return isKnown(x.shape) ? [] : [g.apply('shapeOf', [x], {})];
}

function reshapeLike(g: GraphBuilder, dy: Value, x: Value): Value {
  if (sameShape(dy.shape, x.shape)) return dy;
  return g.apply('reshapeTo', [dy, ...extentsOf(g, x)], { shape: x.shape });
}

/** The slice of a concatenation's gradient that belongs to one of its inputs. */
function partOf(
  g: GraphBuilder,
  dy: Value,
  { parts, part, axis }: { parts: readonly Value[]; part: number; axis: number },
): Value {
  const extents = parts.map(({ shape }) => shape[axis]);
  const total = (dims: readonly Dim[]) => dims.reduce(addDims, 0);
  const [before, after] = [total(extents.slice(0, part)), total(extents.slice(part + 1))];
  if (typeof before === 'number' && typeof after === 'number') {
    const at = (amount: number) => dy.shape.map((_, i) => (i === axis ? -amount : 0));
    return g.apply('pad', [dy], { before: at(before), after: at(after) });
  }
  const extentOf = (value: Value) => g.apply('extentOf', [value], { axis });
  const end = parts
    .slice(0, part + 1)
    .map(extentOf)
    .reduce((a, b) => g.add(a, b));
  const start = parts.slice(0, part).map(extentOf);
  const from = start.length > 0 ? start.reduce((a, b) => g.add(a, b)) : g.sub(end, extentOf(parts[0]));
  return g.apply('sliceBetween', [dy, from, end], { axis, extent: extents[part] });
}

function isKnown(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === 'number');
}

function negative(value: number): number {
  return -value;
}
