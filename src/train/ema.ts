import type { Parameter } from './optimizer.ts';

/** Smoothed weights by parameter name. */
export type AveragedWeights = Map<string, Float32Array>;

/**
 * Moves the average towards the current weights, in place. What has no average yet starts with the weights.
 * Early on the average follows faster, min(decay, (1 + n) / (10 + n)) after n updates, so that a short run is
 * not dragged down by its first steps (TensorFlow's `ExponentialMovingAverage` does so too).
 * @param updates Updates that were made before this one.
 */
export function updateAverage(
  average: AveragedWeights,
  parameters: readonly Parameter[],
  decay: number,
  updates: number,
): void {
  const toCurrent = 1 - Math.min(decay, (1 + updates) / (10 + updates));
  for (const { name, data } of parameters) {
    const mean = average.get(name);
    if (!mean) average.set(name, data.slice());
    else for (let i = 0; i < data.length; i++) mean[i] += toCurrent * (data[i] - mean[i]);
  }
}
