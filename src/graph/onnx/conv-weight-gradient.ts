import type { OperationParameters } from '../operations.ts';
import { known } from '../shape-checks.ts';
import { emitDepthwiseWeightGradient, isDepthwise } from './depthwise-weight-gradient.ts';
import type { Emission } from './emission.ts';

type Parameters = OperationParameters['convWeightGradient'];

/**
 * The gradient of a convolution's weight: for each kernel position, the matrix product of `dy` with the pixels of x under
 * that position. All positions share one product, of maps that are unfolded: with stride 1, x along the kernel's rows
 * and dy along its columns, so that a 3×3 kernel needs six copies of a map instead of nine; otherwise x alone.
 */
export function emitConvWeightGradient(emission: Emission, parameters: Parameters): void {
  if (isDepthwise(emission, parameters)) {
    emitDepthwiseWeightGradient(emission, parameters);
    return;
  }
  const { kernel, stride, padding, dilation = 1 } = parameters;
  const [height, width] = kernel;
  const layout = layoutOf(emission, parameters);
  const [x, dy] = emission.inputs.map((input, i) => ({
    name: arrange(emission, input, layout),
    channels: known(emission.operands[i].shape[1]),
  }));
  const inLayout = { ...parameters, layout };

  // What remains of the kernel's width to the right of the pixel that its padding reaches first.
  const beyond = dilation * (width - 1) - padding;
  if (stride === 1 && width > 1 && beyond >= 0) {
    const columns = unfold(emission, dy, { ...inLayout, kernel: [1, width], around: [0, beyond] });
    const rows = unfold(emission, x, { ...inLayout, kernel: [height, 1], around: [padding, 0] });
    joinColumns(emission, overPixels(emission, columns, rows, inLayout), parameters);
    return;
  }
  const isProduct = height * width * stride === 1 && padding === 0;
  const windows = isProduct ? x : unfold(emission, x, { ...inLayout, around: [padding, padding] });
  // By channel, an unfolded map has a picture more.
  const matched =
    isProduct || layout === 'byPicture'
      ? dy
      : unfold(emission, dy, { layout, kernel: [1, 1], stride: 1, around: [0, 0] });
  const products = overPixels(emission, matched, windows, inLayout);
  emission.node('Reshape', [products, shapeOf(emission, parameters)], emission.output);
}

/** Maps as they are, `[N, C, H, W]`, or all pictures of a channel together, `[1, C, N, H, W]`. */
type Layout = 'byPicture' | 'byChannel';

/** A product per picture may have up to this many elements: it is written and read once more to be summed. */
const maxProduct = 768 ** 2;

function layoutOf({ operands: [x, dy] }: Emission, { kernel, groups }: Parameters): Layout {
  const pictures = x.shape[0];
  const product = ((known(x.shape[1]) * known(dy.shape[1])) / groups) * kernel[0] * kernel[1];
  return pictures === 1 || (typeof pictures === 'number' && product <= maxProduct)
    ? 'byPicture'
    : 'byChannel';
}

function arrange({ value, integers }: Emission, map: string, layout: Layout): string {
  if (layout === 'byPicture') return map;
  return value('Unsqueeze', [value('Transpose', [map], { perm: [1, 0, 2, 3] }), integers(0)]);
}

interface FeatureMap {
  readonly name: string;
  readonly channels: number;
}

interface Unfolding {
  readonly layout: Layout;
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly dilation?: number;
  /** Zeros above and below, left and right. */
  readonly around: readonly [number, number];
}

/** What each position of a sliding window reads (torch `unfold`): C channels become C·kH·kW. */
function unfold(emission: Emission, map: FeatureMap, unfolding: Unfolding): FeatureMap {
  const positions = unfolding.kernel[0] * unfolding.kernel[1];
  const write = emission.lacks.includes('Conv.Multiplier') ? unfoldBySlices : unfoldByConvolution;
  return { name: write(emission, map, unfolding), channels: map.channels * positions };
}

/**
 * A convolution of each channel with one kernel per position, which picks a pixel: unlike Pad and Slice, it uses all threads
 * of the processor. By channel there are few such convolutions, so that many small maps cost no more than a large one; a
 * picture of zeros is added, since ONNX Runtime refuses to convolve none.
 */
function unfoldByConvolution(
  { value, constant }: Emission,
  { name, channels }: FeatureMap,
  { layout, kernel, stride, dilation = 1, around }: Unfolding,
): string {
  const positions = kernel[0] * kernel[1];
  const perAxis = (pictures: number, others: readonly number[]) =>
    layout === 'byChannel' ? [pictures, ...others] : others;
  const picks = constant({
    dtype: 'float32',
    shape: [channels * positions, 1, ...perAxis(1, kernel)],
    data: Float32Array.from({ length: channels * positions ** 2 }, (_, i) =>
      Number(i % positions === Math.floor(i / positions) % positions),
    ),
  });
  return value('Conv', [name, picks], {
    strides: perAxis(1, [stride, stride]),
    pads: [...perAxis(0, around), ...perAxis(1, around)],
    dilations: perAxis(1, [dilation, dilation]),
    group: channels,
  });
}

/** For devices: on WebGPU, such convolutions of volumes are missing, and with a stride they are wrong. */
function unfoldBySlices(
  { value, integers }: Emission,
  { name }: FeatureMap,
  { layout, kernel, stride, dilation = 1, around }: Unfolding,
): string {
  const leading = layout === 'byPicture' ? [0, 0] : [0, 0, 0];
  const padded = around.some((zeros) => zeros > 0)
    ? value('Pad', [name, integers(...leading, ...around, ...leading, ...around)])
    : name;
  const [axes, steps] = [integers(-2, -1), integers(stride, stride)];
  /** Along one axis: the first pixel, and how many follow the last one, as a negative end. */
  const reach = (tap: number, taps: number) => [tap * dilation, (tap + 1 - taps) * dilation || 2 ** 31];
  const views = Array.from({ length: kernel[0] * kernel[1] }, (_, position) => {
    const rows = reach(Math.floor(position / kernel[1]), kernel[0]);
    const columns = reach(position % kernel[1], kernel[1]);
    const [starts, ends] = [integers(rows[0], columns[0]), integers(rows[1], columns[1])];
    return value('Unsqueeze', [value('Slice', [padded, starts, ends, axes, steps]), integers(2)]);
  });
  return value('Concat', views, { axis: 2 });
}

/**
 * The products of the channels of two maps with equal pixels, summed over pixels and pictures: A and B channels →
 * `[groups, A/groups, B/groups]`.
 */
function overPixels(
  { value, operands, integers }: Emission,
  a: FeatureMap,
  b: FeatureMap,
  { groups, layout }: { groups: number; layout: Layout },
): string {
  const pictures = layout === 'byPicture' ? known(operands[0].shape[0]) : 1;
  const [left, right] = [a, b].map(({ name, channels }) =>
    value('Reshape', [name, integers(pictures * groups, channels / groups, -1)]),
  );
  // ONNX Runtime fuses the transposition into the product.
  const each = value('MatMul', [left, value('Transpose', [right], { perm: [0, 2, 1] })]);
  if (pictures === 1) return each;
  const extents = integers(pictures, groups, a.channels / groups, b.channels / groups);
  return value('ReduceSum', [value('Reshape', [each, extents]), integers(0)], { keepdims: 0 });
}

/** Writes `[groups, O/groups · kW, C/groups · kH]` as the gradient; a kernel's columns meet those of dy from right to left. */
function joinColumns(emission: Emission, products: string, parameters: Parameters): void {
  const { node, value, values, operands, output, integers } = emission;
  const { kernel, groups } = parameters;
  const [inputs, outputs] = operands.map(({ shape }) => known(shape[1]));
  const rows = (inputs / groups) * kernel[0];
  const byColumn = value('Reshape', [products, integers(outputs, kernel[1], rows)]);
  const columns = values(kernel[1], 'Split', [byColumn], { axis: 1 });
  const last = columns.map((column) => value('Reshape', [column, integers(outputs, rows, 1)]));
  const kernels = value('Concat', last.toReversed(), { axis: 2 });
  node('Reshape', [kernels, shapeOf(emission, parameters)], output);
}

function shapeOf({ operands, integers }: Emission, { kernel, groups }: Parameters): string {
  const [inputs, outputs] = operands.map(({ shape }) => known(shape[1]));
  return integers(outputs, inputs / groups, ...kernel);
}
