import type { GraphBuilder } from '../builder.ts';
import { addDims, type Dim, scaleDim } from '../dim.ts';
import type { Value } from '../graph.ts';
import type { OperationParameters } from '../operations.ts';
import { GraphError, known } from '../shape-checks.ts';

type ConvParameters = OperationParameters['conv'];

/** Only passes over graphs for prediction pad unevenly. */
function refuseUnevenPadding({ more = 0 }: ConvParameters): void {
  if (more !== 0) throw new GraphError('a convolution with uneven padding has no gradient');
}

/**
 * Gradient of a convolution with respect to its input. With stride 1 it is a convolution of `dy` with the
 * weight transposed and rotated by 180°, which is the fastest form; otherwise a transposed convolution.
 * @param dy `[N, O, h, w]`
 * @returns the shape of `x`
 */
export function convInputGradient(
  g: GraphBuilder,
  { x, weight, dy }: { x: Value; weight: Value; dy: Value },
  parameters: ConvParameters,
): Value {
  refuseUnevenPadding(parameters);
  const { stride, padding, groups, dilation = 1 } = parameters;
  const [, , kernel, kernelWidth] = weight.shape.map(known);
  if (stride === 1 && kernel === kernelWidth) {
    const swapped = swapChannels(g, weight, groups);
    const turned = kernel === 1 ? swapped : g.apply('reverse', [swapped], { axes: [2, 3] });
    return g.conv(dy, turned, null, { padding: dilation * (kernel - 1) - padding, dilation, groups });
  }
  if (dilation !== 1) throw new GraphError('a dilated convolution with a stride has no gradient');
  const outputPadding = ([2, 3] as const).map((axis) => {
    const reached = addDims(
      scaleDim(addDims(dy.shape[axis], -1), stride),
      known(weight.shape[axis]) - 2 * padding,
    );
    return knownDifference(x.shape[axis], reached, x);
  }) as [number, number];
  return g.apply('convTranspose', [dy, weight], { stride, padding, groups, outputPadding });
}

/** `[O, C/groups, k, k]` → `[C, O/groups, k, k]` */
function swapChannels(g: GraphBuilder, weight: Value, groups: number): Value {
  const [out, inGroup, ...kernel] = weight.shape.map(known);
  if (groups === 1) return g.transpose(weight, [1, 0, 2, 3]);
  if (inGroup === 1 && out === groups) return weight;
  const inGroups = g.reshape(weight, [groups, out / groups, inGroup, ...kernel]);
  const swapped = g.transpose(inGroups, [0, 2, 1, 3, 4]);
  return g.reshape(swapped, [groups * inGroup, out / groups, ...kernel]);
}

/**
 * Gradient of a convolution with respect to its weight: for each kernel position, the matrix product of `dy`
 * with the pixels of `x` under that position. All positions share one product, of maps that are unfolded: with stride 1,
 * `x` along the kernel's rows and `dy` along its columns, so that a 3×3 kernel needs six copies of a map instead of nine;
 * otherwise `x` alone. Depthwise convolutions of a known batch size use a dedicated operation that copies nothing.
 * @returns `[O, C/groups, kH, kW]`
 */
export function convWeightGradient(
  g: GraphBuilder,
  { x, weight, dy }: { x: Value; weight: Value; dy: Value },
  parameters: ConvParameters,
): Value {
  refuseUnevenPadding(parameters);
  const { stride, padding, groups, dilation = 1 } = parameters;
  const [out, inGroup, kernelHeight, kernelWidth] = weight.shape.map(known);
  const isDepthwise = inGroup === 1 && out === groups && kernelHeight === kernelWidth;
  if (isDepthwise && dilation === 1 && typeof x.shape[0] === 'number') {
    return g.apply('depthwiseWeightGradient', [x, dy], { kernel: kernelHeight, stride, padding });
  }
  const unfold = (map: Value, kernel: readonly [number, number], around: readonly [number, number]) =>
    kernel[0] * kernel[1] * stride === 1
      ? map
      : g.apply('unfold', [map], { kernel, stride, padding: around, dilation });

  // What remains of the kernel's width to the right of the pixel that its padding reaches first.
  const beyond = dilation * (kernelWidth - 1) - padding;
  if (stride === 1 && kernelWidth > 1 && beyond >= 0) {
    const rows = unfold(x, [kernelHeight, 1], [padding, 0]);
    const columns = unfold(dy, [1, kernelWidth], [0, beyond]);
    const products = overPixels(g, columns, rows, groups);
    // A kernel's columns meet those of dy from right to left.
    const lines = g.reshape(products, [out, kernelWidth, inGroup * kernelHeight]);
    const turned = g.apply('reverse', [lines], { axes: [1] });
    return g.transpose(g.reshape(turned, [out, kernelWidth, inGroup, kernelHeight]), [0, 2, 3, 1]);
  }
  const windows = unfold(x, [kernelHeight, kernelWidth], [padding, padding]);
  const products = overPixels(g, windows, dy, groups);
  return g.reshape(g.transpose(products, [0, 2, 1]), [out, inGroup, kernelHeight, kernelWidth]);
}

/** A product per picture may have up to this many elements: it is written and read once more to be summed. */
const maxProduct = 768 ** 2;

/**
 * The products of the channels of two maps with equal pixels, summed over pixels and pictures:
 * `[N, A, h, w]`, `[N, B, h, w]` → `[groups, A/groups, B/groups]`.
 */
function overPixels(g: GraphBuilder, a: Value, b: Value, groups: number): Value {
  const pictures = a.shape[0];
  const [rows, columns] = [a, b].map(({ shape }) => known(shape[1]) / groups);
  const product = (leading: number, [left, right]: readonly Value[]) =>
    g.matmul(g.reshape(left, [leading, rows, 'rest']), g.reshape(right, [leading, columns, 'rest']), {
      transposeB: true,
    });
  if (typeof pictures !== 'number' || groups * rows * columns > maxProduct) {
    return product(groups, [channelsFirst(g, a), channelsFirst(g, b)]);
  }
  const each = product(pictures * groups, [a, b]);
  if (pictures === 1) return each;
  const sum = g.reduceSum(g.reshape(each, [pictures, groups, rows, columns]), [0]);
  return g.reshape(sum, [groups, rows, columns]);
}

/** `[N, C, h, w]` as `[C, N, h, w]`; unchanged for a single picture. */
function channelsFirst(g: GraphBuilder, x: Value): Value {
  return x.shape[0] === 1 ? x : g.transpose(x, [1, 0, 2, 3]);
}

/** `a − b`, which must not depend on any symbol. */
function knownDifference(a: Dim, b: Dim, x: Value): number {
  const difference = addDims(a, scaleDim(b, -1));
  if (typeof difference === 'number') return difference;
  throw new GraphError(`a strided gradient needs extents of ${x.name} that the stride divides`);
}
