import { known } from '../shape-checks.ts';
import type { Emission } from './emission.ts';

/**
 * ONNX Runtime's layout of feature maps with the channels in blocks, in which depthwise convolutions are several times faster
 * and dense ones a quarter. It converts a graph to it where weights are constants. In training they are not, so the graph
 * uses the operators of that layout itself, on processors that have it (`EmitOptions.channelBlock`).
 */
const domain = 'com.microsoft.nchwc';

interface ConvAttributes {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

/** Whether the processor has blocks, and this many channels fill them. */
export function fillsBlocks({ channelBlock }: Emission, channels: number): boolean {
  return channelBlock !== undefined && channels % channelBlock === 0;
}

/** Whether a convolution is faster with channels in blocks: depthwise ones are, and dense ones that are more than products. */
export function isFasterInBlocks(emission: Emission): boolean {
  const { inputs, operands, isConstant } = emission;
  const [outputs, inGroup, height, width] = operands[1].shape.map(known);
  if (isConstant(inputs[1]) || !fillsBlocks(emission, outputs)) return false;
  const channels = known(operands[0].shape[1]);
  const isDense = inGroup === channels;
  return isDense
    ? fillsBlocks(emission, channels) && height * width > 1
    : inGroup === 1 && channels === outputs;
}

/**
 * A dense or depthwise convolution: x `[N, C, H, W]`, weight `[O, C, kH, kW]` or `[C, 1, kH, kW]`, bias `[O]` where there
 * is one.
 */
export function emitBlockedConv(emission: Emission, attributes: ConvAttributes): void {
  const { inputs, operands, output } = emission;
  const [channels, inGroup] = operands[1].shape.map(known);
  const [x, weight, ...bias] = inputs;
  const isDense = inGroup > 1;
  const filters = (isDense ? denseFilters : depthwiseFilters)(emission, weight);
  convolve(
    emission,
    { x, rest: [filters, ...bias], output, channels, group: isDense ? 1 : channels },
    attributes,
  );
}

function depthwiseFilters({ value, operands, integers }: Emission, weight: string): string {
  const [channels, , ...kernel] = operands[1].shape.map(known);
  // One map with C channels lies in memory like C kernels of one channel.
  const blocked = value(`${domain}:ReorderInput`, [
    value('Reshape', [weight, integers(1, channels, ...kernel)]),
  ]);
  return value('Reshape', [blocked, integers(channels, 1, ...kernel)]);
}

/** Blocks of outputs, blocks of inputs, kernel positions, inputs in a block, outputs in a block. */
function denseFilters({ value, operands, integers, channelBlock = 1 }: Emission, weight: string): string {
  const [outputs, inputs, height, width] = operands[1].shape.map(known);
  const taps = height * width;
  // As if the outputs were the channels of a map: five times as fast as to transpose all axes.
  const asMap = value('Reshape', [weight, integers(1, outputs, inputs, taps)]);
  const split = value('Reshape', [
    value(`${domain}:ReorderInput`, [asMap]),
    integers(outputs / channelBlock, inputs / channelBlock, channelBlock, taps, channelBlock),
  ]);
  const blocked = value('Transpose', [split], { perm: [0, 1, 3, 2, 4] });
  return value('Reshape', [blocked, integers(outputs, inputs, height, width)]);
}

/**
 * A depthwise convolution whose kernels are maps themselves.
 * @param x `[1, C, H, W]`
 * @param kernels `[1, C, h, w]`
 * @returns `[1, C, …]`
 */
export function blockedByMaps(
  emission: Emission,
  { x, kernels, channels }: { x: string; kernels: string; channels: number },
  attributes: ConvAttributes,
): string {
  const { value, integers, unused } = emission;
  // As in `depthwiseFilters`.
  const filters = value('Reshape', [value(`${domain}:ReorderInput`, [kernels]), integers(-1, 1, 0, 0)]);
  const output = unused('blocked');
  convolve(emission, { x, rest: [filters], output, channels, group: channels }, attributes);
  return output;
}

interface Convolved {
  readonly x: string;
  /** Filters and, where there is one, the bias. */
  readonly rest: string[];
  readonly output: string;
  /** Those of the output. */
  readonly channels: number;
  readonly group: number;
}

function convolve(
  { node, value }: Emission,
  { x, rest, output, channels, group }: Convolved,
  attributes: ConvAttributes,
): void {
  const blocked = [value(`${domain}:ReorderInput`, [x]), ...rest];
  const result = value(`${domain}:Conv`, blocked, { ...attributes, group });
  node(`${domain}:ReorderOutput`, [result], output, { channels });
}
