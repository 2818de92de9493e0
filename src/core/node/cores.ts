import { availableParallelism } from 'node:os';

/** Processor cores that each of so many has for itself; one at least. */
export function shareOfCores(sharers: number): number {
  return Math.max(1, Math.floor(availableParallelism() / sharers));
}
