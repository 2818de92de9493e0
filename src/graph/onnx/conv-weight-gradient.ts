import type { OperationParameters } from '../operations.ts';
import { known } from '../shape-checks.ts';
import { emitDepthwiseWeightGradient, isDepthwise } from './depthwise-weight-gradient.ts';
import type { Emission } from './emission.ts';

/**
 * The gradient of a convolution's weight: for each kernel position, the matrix product of `dy` with the pixels of x under
 * that position. All positions share one product, of maps that are unfolded: with stride 1, x along the kernel's rows
 * and dy along its columns, so that a 3×3 kernel needs six copies of a map instead of nine; otherwise x alone.
 */
export function emitConvWeightGradient(
  emission: Emission,
  parameters: OperationParameters['convWeightGradient'],
): void {
  if (isDepthwise(emission, parameters)) {
    emitDepthwiseWeightGradient(emission, parameters);
    return;
  }
  const { node, value, values, inputs, operands, output, integers } = emission;
  const [x, dy] = inputs;
  const { kernel, stride, padding, groups, dilation = 1 } = parameters;
  const [height, width] = kernel;
  const [inputChannels, outputChannels] = operands.map(({ shape }) => known(shape[1]));
  const inGroup = inputChannels / groups;
  const shape = integers(outputChannels, inGroup, height, width);

  // What remains of the kernel's width to the right of the pixel that its padding reaches first.
  const beyond = dilation * (width - 1) - padding;
  if (stride === 1 && width > 1 && beyond >= 0) {
    const rows = unfold(emission, x, inputChannels, {
      ...parameters,
      kernel: [height, 1],
      around: [padding, 0],
    });
    const columns = unfold(emission, dy, outputChannels, {
      ...parameters,
      kernel: [1, width],
      around: [0, beyond],
    });
    const products = overPixels(emission, groups, [
      { map: columns, channels: outputChannels * width },
      { map: rows, channels: inputChannels * height },
    ]);
    const byColumn = value('Reshape', [products, integers(outputChannels, width, inGroup * height)]);
    const parts = values(width, 'Split', [byColumn], { axis: 1 });
    // A kernel's columns meet those of dy from right to left.
    const taps = parts.map((part) => value('Reshape', [part, integers(outputChannels, inGroup * height, 1)]));
    const kernels = value('Concat', taps.toReversed(), { axis: 2 });
    node('Reshape', [kernels, shape], output);
    return;
  }
  const windows = unfold(emission, x, inputChannels, { ...parameters, around: [padding, padding] });
  const products = overPixels(emission, groups, [
    { map: dy, channels: outputChannels },
    { map: windows, channels: inputChannels * height * width },
  ]);
  node('Reshape', [products, shape], output);
}

interface Unfolding {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly dilation?: number;
  /** Zeros above and below, left and right. */
  readonly around: readonly [number, number];
}

/**
 * What each position of a sliding window reads (torch `unfold`): `[N, C, H, W]` → `[N, C·kH·kW, h, w]`. It is a convolution of
 * each channel with one kernel per position, which picks a pixel: unlike Pad and Slice, it uses all threads.
 */
function unfold(
  { value, constant }: Emission,
  map: string,
  channels: number,
  { kernel, stride, dilation = 1, around }: Unfolding,
): string {
  const positions = kernel[0] * kernel[1];
  if (positions * stride === 1 && around.every((zeros) => zeros === 0)) return map;
  const picks = constant({
    dtype: 'float32',
    shape: [channels * positions, 1, ...kernel],
    data: Float32Array.from({ length: channels * positions ** 2 }, (_, i) =>
      Number(i % positions === Math.floor(i / positions) % positions),
    ),
  });
  return value('Conv', [map, picks], {
    strides: [stride, stride],
    pads: [...around, ...around],
    dilations: [dilation, dilation],
    group: channels,
  });
}

interface Unfolded {
  readonly map: string;
  readonly channels: number;
}

/** A product per picture may have up to this many elements: it is written and read once more to be summed. */
const maxProduct = 768 ** 2;

/**
 * The products of the channels of two maps with equal pixels, summed over pixels and pictures:
 * `[N, A, h, w]`, `[N, B, h, w]` → `[groups, A/groups, B/groups]`.
 */
function overPixels(
  { value, operands, integers }: Emission,
  groups: number,
  unfolded: readonly [Unfolded, Unfolded],
): string {
  const pictures = operands[0].shape[0];
  const [rows, columns] = unfolded.map(({ channels }) => channels / groups);
  const product = (leading: number, [a, b]: readonly string[]) => {
    const left = value('Reshape', [a, integers(leading, rows, -1)]);
    const right = value('Reshape', [b, integers(leading, columns, -1)]);
    // ONNX Runtime fuses the transposition into the product.
    return value('MatMul', [left, value('Transpose', [right], { perm: [0, 2, 1] })]);
  };
  const maps = unfolded.map(({ map }) => map);
  if (pictures === 1) return product(groups, maps);
  if (typeof pictures !== 'number' || groups * rows * columns > maxProduct) {
    const channelsFirst = maps.map((map) => value('Transpose', [map], { perm: [1, 0, 2, 3] }));
    return product(groups, channelsFirst);
  }
  const each = product(pictures * groups, maps);
  const byPicture = value('Reshape', [each, integers(pictures, groups, rows, columns)]);
  return value('ReduceSum', [byPicture, integers(0)], { keepdims: 0 });
}
