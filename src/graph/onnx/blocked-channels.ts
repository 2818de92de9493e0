import { known } from '../shape-checks.ts';
import type { Emission } from './emission.ts';

/**
 * ONNX Runtime's layout of feature maps with the channels in blocks, in which depthwise convolutions are several times faster.
 * It converts a graph to it where weights are constants. In training they are not, so the graph uses the operators of
 * that layout itself, on processors that have it (`EmitOptions.channelBlock`).
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

/** Whether a convolution is a depthwise one that is faster with channels in blocks. */
export function isFasterInBlocks(emission: Emission): boolean {
  const { inputs, operands, isConstant } = emission;
  const [channels, inGroup] = operands[1].shape.map(known);
  const isDepthwise = inGroup === 1 && operands[0].shape[1] === channels;
  return isDepthwise && fillsBlocks(emission, channels) && !isConstant(inputs[1]);
}

/** A depthwise convolution: x `[N, C, H, W]`, weight `[C, 1, k, k]` and, where there is one, bias `[C]`. */
export function emitBlockedDepthwise(emission: Emission, attributes: ConvAttributes): void {
  const { value, inputs, operands, integers, output, channelBlock = 1 } = emission;
  const [channels, , height, width] = operands[1].shape.map(known);
  const [x, weight, ...bias] = inputs;
  const byBlock = integers(channels / channelBlock, channelBlock, 1, height, width);
  const blocked = value('Transpose', [value('Reshape', [weight, byBlock])], { perm: [0, 2, 3, 4, 1] });
  const filters = value('Reshape', [blocked, integers(channels, 1, height, width)]);
  convolve(emission, { x, rest: [filters, ...bias], output, channels }, attributes);
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
  // In this layout, one map with C channels lies in memory like C kernels of one channel.
  const filters = value('Reshape', [value(`${domain}:ReorderInput`, [kernels]), integers(-1, 1, 0, 0)]);
  const output = unused('blocked');
  convolve(emission, { x, rest: [filters], output, channels }, attributes);
  return output;
}

function convolve(
  { node, value }: Emission,
  { x, rest, output, channels }: { x: string; rest: string[]; output: string; channels: number },
  attributes: ConvAttributes,
): void {
  const result = value(`${domain}:Conv`, [value(`${domain}:ReorderInput`, [x]), ...rest], {
    ...attributes,
    group: channels,
  });
  node(`${domain}:ReorderOutput`, [result], output, { channels });
}
