import { addDims, scaleDim } from '../dim.ts';
import type { OperationParameters } from '../operations.ts';
import { GraphError, known } from '../shape-checks.ts';
import type { Emission } from './emission.ts';

/**
 * The gradient of a depthwise convolution's weight as one convolution: every channel of every picture is a
 * group with `dy` as its kernel. It reads x and dy once; a matrix product per kernel position, as used for
 * other convolutions, would read and copy them for each position.
 */
export function emitDepthwiseWeightGradient(
  { node, value, inputs: [x, dy], operands, output, integers }: Emission,
  { kernel, stride, padding }: OperationParameters['depthwiseWeightGradient'],
): void {
  const [pictures, channels] = operands[0].shape.map((dim, axis) => (axis < 2 ? known(dim) : 0));
  const groups = pictures * channels;
  // Pixels beyond x under the last kernel position; negative if the convolution left the last ones out.
  const after = ([2, 3] as const).map((axis) => {
    const [extent, steps] = [operands[0].shape[axis], addDims(operands[1].shape[axis], -1)];
    const beyond = addDims(scaleDim(steps, stride), addDims(kernel - padding, scaleDim(extent, -1)));
    if (typeof beyond === 'number') return beyond;
    throw new GraphError(`a strided gradient needs extents of ${operands[0].name} that the stride divides`);
  });
  const cut = after.map((amount) => (amount < 0 ? amount : 2 ** 31));
  const used = after.some((amount) => amount < 0)
    ? value('Slice', [x, integers(0, 0), integers(...cut), integers(2, 3)])
    : x;
  // An extent of 0 is kept as it is.
  const image = value('Reshape', [used, integers(1, groups, 0, 0)]);
  const filters = value('Reshape', [dy, integers(groups, 1, 0, 0)]);
  const gradients = value('Conv', [image, filters], {
    group: groups,
    dilations: [stride, stride],
    pads: [padding, padding, ...after.map((amount) => Math.max(amount, 0))],
  });
  const byPicture = value('Reshape', [gradients, integers(pictures, channels, 1, kernel, kernel)]);
  node('ReduceSum', [byPicture, integers(0)], output, { keepdims: 0 });
}
