import type { Random } from '../../src/core/random.ts';

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** Log-uniform in [low, high): as many between 1 and 2 as between 2 and 4. */
export function logBetween(random: Random, low: number, high: number): number {
  return low * (high / low) ** random.uniform();
}

/** A uniformly random element. */
export function choose<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)];
}

/** True with the given probability. */
export function chance(random: Random, probability: number): boolean {
  return random.uniform() < probability;
}
