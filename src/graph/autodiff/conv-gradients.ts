import type { GraphBuilder } from '../builder.ts';
import { addDims, type Dim, multiplyDims, scaleDim } from '../dim.ts';
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
 * with the pixels of `x` under that position, `[O, N·h·w] · [N·h·w, C]`. Positions in a kernel row share the
 * rows of `x`, and those in a kernel column share a sideways shifted `dy`, so that a 3×3 kernel needs four
 * copies. With a stride, the pixels of `x` are first split by their remainder modulo the stride. Depthwise
 * convolutions of a known batch size use a dedicated operation that copies nothing.
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
  const rowTaps = taps(kernelHeight, { stride, padding, dilation });
  const columnTaps = taps(kernelWidth, { stride, padding, dilation });
  const [linesOfX, linesOfDy] = [inGroup, out / groups].map((each) => pixelLines(g, groups, each));

  // Before the shifts, so that it happens once for all positions.
  const dyByChannel = channelsFirst(g, dy);
  const phases = memo((key) => {
    const [row, column] = key.split(',').map(Number);
    return channelsFirst(g, stride === 1 ? x : g.apply('phase', [x], { stride, row, column }));
  });
  const pixels = memo((key) => {
    const [row, column, shift] = key.split(',').map(Number);
    const phase = phases(`${row},${column}`);
    const surplus = knownDifference(dy.shape[2], phase.shape[2], x);
    return linesOfX(move(g, phase, 2, { before: -shift, after: shift + surplus }));
  });
  const gradients = memo((key) => {
    const [shift, column] = key.split(',').map(Number);
    const width = phases(`${rowTaps[0].phase},${column}`).shape[3];
    const surplus = knownDifference(width, dy.shape[3], x);
    return linesOfDy(move(g, dyByChannel, 3, { before: shift, after: surplus - shift }));
  });

  const products = rowTaps.flatMap((row) =>
    columnTaps.map((column) => {
      const rows = gradients(`${column.shift},${column.phase}`);
      const columns = pixels(`${row.phase},${column.phase},${row.shift}`);
      return g.matmul(rows, columns, { transposeB: true });
    }),
  );
  if (products.length === 1) return g.reshape(products[0], [out, inGroup, 1, 1]);
  const stacked = g.concat(
    products.map((product) => g.reshape(product, [out, inGroup, 1])),
    2,
  );
  return g.reshape(stacked, [out, inGroup, kernelHeight, kernelWidth]);
}

/** Where a kernel position reads: pixel `stride·(o + shift) + phase` for output pixel o. */
interface Tap {
  shift: number;
  phase: number;
}

function taps(
  kernel: number,
  { stride, padding, dilation }: { stride: number; padding: number; dilation: number },
): Tap[] {
  return Array.from({ length: kernel }, (_, position) => {
    const place = position * dilation - padding;
    const shift = Math.floor(place / stride);
    return { shift, phase: place - stride * shift };
  });
}

/** `[N, C, h, w]` as `[C, N, h, w]`; unchanged for a single picture. */
function channelsFirst(g: GraphBuilder, x: Value): Value {
  return x.shape[0] === 1 ? x : g.transpose(x, [1, 0, 2, 3]);
}

/** `[C, N, h, w]`, or `[1, C, h, w]`, as rows of pixels: `[C, N·h·w]`, or `[groups, C/groups, N·h·w]`. */
function pixelLines(g: GraphBuilder, groups: number, channelsEach: number): (x: Value) => Value {
  return (x) => {
    const extents = groups === 1 ? [channelsEach] : [groups, channelsEach];
    const size = x.shape.reduce<Dim>(multiplyDims, 1);
    return g.reshape(x, [...extents, typeof size === 'number' ? size / (groups * channelsEach) : 'rest']);
  };
}

/** Pads an axis with zeros at both ends; negative amounts crop. */
function move(
  g: GraphBuilder,
  x: Value,
  axis: number,
  { before, after }: { before: number; after: number },
): Value {
  if (before === 0 && after === 0) return x;
  const at = (amount: number) => x.shape.map((_, i) => (i === axis ? amount : 0));
  return g.apply('pad', [x], { before: at(before), after: at(after) });
}

/** `a − b`, which must not depend on any symbol. */
function knownDifference(a: Dim, b: Dim, x: Value): number {
  const difference = addDims(a, scaleDim(b, -1));
  if (typeof difference === 'number') return difference;
  throw new GraphError(`a strided gradient needs extents of ${x.name} that the stride divides`);
}

function memo(make: (key: string) => Value): (key: string) => Value {
  const made = new Map<string, Value>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
