import type { MaskConfig } from '../../config/schema.ts';
import { binaryCrossEntropy, sigmoid } from './plain.ts';

/** Logits of one RoI: a channel for each class, the background first, or one for all classes. */
type Channels = readonly (readonly number[])[];

/** How an output turns logits into probabilities and a loss (`model/mask-outputs.ts`), on the host. */
export interface MaskOutput {
  /** The position of the channel that stands for a class. */
  channelOf(label: number): number;
  /** `[side · side]` in 0…1, as the prediction uses them. */
  probabilities(channels: Channels, channel: number): number[];
  /** The alternative of sigmoid or softmax; null where there is only one channel. */
  otherwise(channels: Channels, channel: number): number[] | null;
  /** The loss of each pixel in training. @param target `[side · side]` 0…1 */
  losses(channels: Channels, channel: number, target: readonly number[]): number[];
}

const alone = {
  probabilities: (channels: Channels, channel: number) => channels[channel].map(sigmoid),
  losses: (channels: Channels, channel: number, target: readonly number[]) =>
    channels[channel].map((x, i) => binaryCrossEntropy(x, target[i])),
};

export const maskOutputs: Record<MaskConfig['output'], MaskOutput> = {
  sigmoid: {
    ...alone,
    channelOf: (label) => label,
    // The background's channel is not trained with a sigmoid and is left out.
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

/** One channel of a softmax across the channels at each pixel. */
function shares(channels: Channels, channel: number): number[] {
  return logShares(channels, channel).map(Math.exp);
}

/** The logarithm of `shares`, which is finite for all logits. */
function logShares(channels: Channels, channel: number): number[] {
  return channels[channel].map((own, pixel) => {
    const most = channels.reduce((largest, other) => Math.max(largest, other[pixel]), own);
    const total = channels.reduce((sum, other) => sum + Math.exp(other[pixel] - most), 0);
    return own - most - Math.log(total);
  });
}
