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
 * Gradient of a convolution with respect to its weight.
 * @returns `[O, C/groups, kH, kW]`
 */
export function convWeightGradient(
  g: GraphBuilder,
  { x, weight, dy }: { x: Value; weight: Value; dy: Value },
  parameters: ConvParameters,
): Value {
  refuseUnevenPadding(parameters);
  const { more: _, ...window } = parameters;
  const [, , height, width] = weight.shape.map(known);
  return g.apply('convWeightGradient', [x, dy], { ...window, kernel: [height, width] });
}

/** `a − b`, which must not depend on any symbol. */
function knownDifference(a: Dim, b: Dim, x: Value): number {
  const difference = addDims(a, scaleDim(b, -1));
  if (typeof difference === 'number') return difference;
  throw new GraphError(`a strided gradient needs extents of ${x.name} that the stride divides`);
}
