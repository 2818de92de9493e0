import { availableParallelism } from 'node:os';

/** CPU cores for each of a number of sharers; at least one. */
export function shareOfCores(sharers: number): number {
  return Math.max(1, Math.floor(availableParallelism() / sharers));
}
