import type { MaskConfig } from '../../config/schema.ts';
import { sigmoid } from './plain.ts';

/** Logits of one RoI: a channel for each class, the background first, or one for all. */
type Channels = readonly (readonly number[])[];

/** What an output makes of the logits (`model/mask-outputs.ts`), step by step. */
export interface MaskOutput {
  /** The position of the channel that stands for a class. */
  channelOf(label: number): number;
  /** What the prediction takes of it, `[side · side]` in 0…1. */
  probabilities(channels: Channels, channel: number): number[];
  /** What the other of sigmoid and softmax would give; null where one channel leaves no choice. */
  otherwise(channels: Channels, channel: number): number[] | null;
  /** The loss of each pixel in training. @param target `[side · side]` 0…1 */
  losses(channels: Channels, channel: number, target: readonly number[]): number[];
}

const alone = {
  probabilities: (channels: Channels, channel: number) => channels[channel].map(sigmoid),
  // max(x, 0) − x·t + log(1 + e^−|x|): binary cross-entropy of a logit that cannot overflow.
  losses: (channels: Channels, channel: number, target: readonly number[]) =>
    channels[channel].map((x, i) => Math.max(x, 0) - x * target[i] + Math.log1p(Math.exp(-Math.abs(x)))),
};

export const maskOutputs: Record<MaskConfig['output'], MaskOutput> = {
  sigmoid: {
    ...alone,
    channelOf: (label) => label,
    // The background's channel is not trained here, and left out.
    otherwise: (channels, channel) => shares(channels.slice(1), channel - 1),
  },
  softmax: {
    channelOf: (label) => label,
    probabilities: shares,
    otherwise: alone.probabilities,
    losses: (channels, channel, target) => {
      const background = logShares(channels, 0);
      return logShares(channels, channel).map(
        (inside, i) => -target[i] * inside - (1 - target[i]) * background[i],
      );
    },
  },
  classAgnostic: { ...alone, channelOf: () => 0, otherwise: () => null },
};

/** Softmax across the channels at each pixel, of one of them. */
function shares(channels: Channels, channel: number): number[] {
  return logShares(channels, channel).map(Math.exp);
}

/** Its logarithm, which is finite for all logits. */
function logShares(channels: Channels, channel: number): number[] {
  return channels[channel].map((own, pixel) => {
    const most = channels.reduce((largest, other) => Math.max(largest, other[pixel]), own);
    const total = channels.reduce((sum, other) => sum + Math.exp(other[pixel] - most), 0);
    return own - most - Math.log(total);
  });
}
