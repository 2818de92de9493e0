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

/** Channels come and go in such groups; ONNX Runtime fills the last block up with zeros. */
const channelGroup = 4;
/** Up to this part more products, a dense convolution of channels that do not fill their blocks is faster in blocks. */
const mostFilling = 1.5;

/** Whether the processor has blocks, and this many channels fill them. */
export function fillsBlocks({ channelBlock }: Emission, channels: number): boolean {
  return channelBlock !== undefined && channels % channelBlock === 0;
}

/** The number of channels in whole blocks. */
function inWholeBlocks({ channelBlock = 1 }: Emission, channels: number): number {
  return Math.ceil(channels / channelBlock) * channelBlock;
}

/** Whether a convolution is faster with channels in blocks: depthwise ones are, and dense ones that are more than products. */
export function isFasterInBlocks(emission: Emission): boolean {
  const { inputs, operands, isConstant } = emission;
  const [outputs, inGroup, height, width] = operands[1].shape.map(known);
  if (isConstant(inputs[1]) || emission.channelBlock === undefined) return false;
  const channels = known(operands[0].shape[1]);
  const isDense = inGroup === channels;
  if (!isDense) return inGroup === 1 && channels === outputs && fillsBlocks(emission, channels);
  const filled = inWholeBlocks(emission, outputs) * inWholeBlocks(emission, channels);
  return (
    height * width > 1 &&
    [channels, outputs].every((count) => count % channelGroup === 0) &&
    filled <= mostFilling * outputs * channels
  );
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
  const rest = [filters, ...bias.map((values) => fill(emission, values, [channels]))];
  convolve(emission, { x, rest, output, channels, group: isDense ? 1 : channels }, attributes);
}

/** Zeros behind the given number of entries along each of the first axes, as many as fill the last block. */
function fill(emission: Emission, tensor: string, entries: readonly number[], others = 0): string {
  const { value, integers } = emission;
  const zeros = entries.map((count) => inWholeBlocks(emission, count) - count);
  if (zeros.every((count) => count === 0)) return tensor;
  const rest = Array<number>(others).fill(0);
  return value('Pad', [tensor, integers(...entries.map(() => 0), ...rest, ...zeros, ...rest)]);
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
function denseFilters(emission: Emission, weight: string): string {
  const { value, operands, integers, channelBlock = 1 } = emission;
  const [givenOutputs, givenInputs, height, width] = operands[1].shape.map(known);
  const [outputs, inputs] = [givenOutputs, givenInputs].map((channels) => inWholeBlocks(emission, channels));
  const taps = height * width;
  const filled = fill(emission, weight, [givenOutputs, givenInputs], 2);
  // As if the outputs were the channels of a map: five times as fast as to transpose all axes.
  const asMap = value('Reshape', [filled, integers(1, outputs, inputs, taps)]);
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
