import { f32x4 } from '../core/wasm.ts';
import { elementKernel } from './element-kernel.ts';
import type { Parameter } from './optimizer.ts';

/** Smoothed weights by parameter name. */
export type AveragedWeights = Map<string, Float32Array>;

/**
 * Moves the average towards the current weights, in place; a weight without an average yet starts as a copy.
 * Early on the average follows faster, min(decay, (1 + n) / (10 + n)) after n updates, so that the first
 * steps do not dominate a short run (as in TensorFlow's `ExponentialMovingAverage`).
 * @param updates Updates made before this one.
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
    else approach([mean, data], [toCurrent]);
  }
}

/** Moves the first array a fraction of the way towards the second. */
const approach = elementKernel({
  arrays: 2,
  numbers: 1,
  formula: ({ element, number }) => {
    const { add, sub, mul } = f32x4;
    return [{ array: 0, value: add(element(0), mul(number(0), sub(element(1), element(0)))) }];
  },
});
