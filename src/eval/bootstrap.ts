import type { Random } from '../core/random.ts';

/** A value and its 95 % interval. */
export interface Interval {
  /** Measured on the data set itself. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Draws a bootstrap sample of pictures: as many as there are, with replacement (Efron 1979).
 * @param weights Receives how often each picture was drawn.
 */
export function drawSample(random: Random, weights: Uint32Array): void {
  weights.fill(0);
  for (let i = 0; i < weights.length; i++) weights[random.integer(weights.length)]++;
}

/**
 * The percentile interval: the middle 95 % of the values that the bootstrap samples gave.
 * @param value The value of the data set itself.
 * @param sampled NaN where a sample had nothing to measure; such samples are left out.
 */
export function percentileInterval(value: number, sampled: readonly number[]): Interval {
  const sorted = sampled.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
  if (sorted.length === 0) return { value, low: value, high: value };
  return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** As `numpy.quantile`: linear between the neighbours. @param sorted Ascending, not empty. */
function quantile(sorted: readonly number[], fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
