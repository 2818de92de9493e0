import { addDims, type Dim, scaleDim } from '../dim.ts';
import type { OperationParameters } from '../operations.ts';
import { GraphError, known } from '../shape-checks.ts';
import { blockedByMaps, fillsBlocks } from './blocked-channels.ts';
import type { Emission } from './emission.ts';

/** Whether each channel has a square kernel of its own, and the number of pictures is known. */
export function isDepthwise(
  { operands }: Emission,
  { kernel: [height, width], groups, dilation = 1 }: OperationParameters['convWeightGradient'],
): boolean {
  const [pictures, channels] = operands[0].shape;
  return (
    typeof pictures === 'number' &&
    channels === groups &&
    operands[1].shape[1] === groups &&
    height === width &&
    dilation === 1
  );
}

/** The gradient of a depthwise convolution's weight: the fastest form that the shapes and the processor permit. */
export function emitDepthwiseWeightGradient(
  emission: Emission,
  parameters: OperationParameters['convWeightGradient'],
): void {
  const { node, value, operands, output, integers } = emission;
  const {
    kernel: [kernel],
    stride,
  } = parameters;
  const [pictures, channels] = operands[0].shape.slice(0, 2).map(known);
  const groups = pictures * channels;
  const multiplies =
    !fillsBlocks(emission, groups) && stride === 1 && operands[0].shape.slice(2).every(isSmall);
  const gradients = (multiplies ? asProducts : asConvolution)(emission, parameters, groups);
  const byPicture = value('Reshape', [gradients, integers(pictures, channels, 1, kernel, kernel)]);
  node('ReduceSum', [byPicture, integers(0)], output, { keepdims: 0 });
}

/** Products need `2·kernel` copies of a map: up to this extent, or, if pictures are multiples of 32, from stride 8 on. */
const largestExtent = 128;
const largestFactor = 4;

function isSmall(extent: Dim): boolean {
  if (typeof extent === 'number') return extent <= largestExtent;
  return [...extent.terms.values()].every((factor) => factor <= largestFactor);
}

/**
 * As a product for each channel of each picture, `[kernel, L] · [L, kernel]`: dy, shifted by each row of the kernel, with x,
 * shifted by each column; both are lines of pixels as long as the padded x. The shifted copies are
 * made by writing a line several times and reading it back with another period.
 * @returns `[N·C, kernel, kernel]`
 */
function asProducts(
  { value, inputs: [x, dy], integers, number }: Emission,
  { kernel: [kernel], padding }: OperationParameters['convWeightGradient'],
  groups: number,
): string {
  const zeros = (count: number) => value('Expand', [number(0), integers(groups, count)]);
  /** Adds zeros around maps, and writes each as a line. */
  const line = (map: string, [top, left, bottom, right]: readonly number[]) => {
    const padded = value('Pad', [map, integers(0, 0, top, left, 0, 0, bottom, right)]);
    return value('Reshape', [padded, integers(groups, -1)]);
  };
  const copies = (pieces: readonly string[]) =>
    value('Reshape', [value('Concat', pieces, { axis: 1 }), integers(groups, kernel, -1)]);

  // Of length T, read with period T + 1: each copy begins a pixel later in x.
  const pixels = line(x, [padding, padding, padding, padding]);
  const byColumn = copies([...Array<string>(kernel).fill(pixels), zeros(kernel)]);

  // Of length T + 1 + a row, read with period T + 1: each copy begins a row earlier, in the zeros behind dy.
  const one = zeros(1);
  const whole = line(dy, [0, 0, kernel, kernel - 1]);
  const last = line(dy, [0, 0, 0, kernel - 1]);
  const byRow = copies([...Array.from({ length: kernel - 1 }, () => [whole, one]).flat(), last, one]);

  return value('MatMul', [byRow, value('Transpose', [byColumn], { perm: [0, 2, 1] })]);
}

/**
 * As one convolution: every channel of every picture is a group with `dy` as its kernel. It reads x and dy once.
 * @returns `[1, N·C, kernel, kernel]`
 */
function asConvolution(
  emission: Emission,
  { kernel: [kernel], stride, padding }: OperationParameters['convWeightGradient'],
  groups: number,
): string {
  const { value, inputs, operands, integers } = emission;
  const [x, dy] = inputs;
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
  const attributes = {
    strides: [1, 1],
    dilations: [stride, stride],
    pads: [padding, padding, ...after.map((amount) => Math.max(amount, 0))],
  };
  if (fillsBlocks(emission, groups)) {
    const kernels = value('Reshape', [dy, integers(1, groups, 0, 0)]);
    return blockedByMaps(emission, { x: image, kernels, channels: groups }, attributes);
  }
  const filters = value('Reshape', [dy, integers(groups, 1, 0, 0)]);
  return value('Conv', [image, filters], { ...attributes, group: groups });
}
