import type { Random } from '../core/random.ts';

export interface SampleOptions {
  /** Number of elements to choose, positive and negative together. */
  readonly batchSize: number;
  /** Maximum fraction of positive ones; negatives fill the rest. */
  readonly positiveFraction: number;
}

export interface BalancedSample {
  /** Positions of the chosen elements of each kind, ascending. */
  readonly positive: Uint32Array;
  readonly negative: Uint32Array;
}

/**
 * Samples positive and negative elements in a fixed proportion, so that background does not swamp the few
 * objects (torchvision `BalancedPositiveNegativeSampler`).
 * @param labels `[N]`: 1 and up is positive, 0 negative; below 0 is never chosen.
 */
export function sampleBalanced(labels: Int32Array, options: SampleOptions, random: Random): BalancedSample {
  const positive: number[] = [];
  const negative: number[] = [];
  labels.forEach((label, i) => {
    if (label >= 1) positive.push(i);
    else if (label === 0) negative.push(i);
  });
  const positives = Math.min(positive.length, Math.floor(options.batchSize * options.positiveFraction));
  return {
    positive: choose(positive, positives, random),
    negative: choose(negative, Math.min(negative.length, options.batchSize - positives), random),
  };
}

/** `count` of the items, every subset equally likely: the first steps of a Fisher–Yates shuffle, in place. */
function choose(items: number[], count: number, random: Random): Uint32Array {
  for (let i = 0; i < count; i++) {
    const other = i + random.integer(items.length - i);
    [items[i], items[other]] = [items[other], items[i]];
  }
  return Uint32Array.from(items.slice(0, count)).sort();
}
