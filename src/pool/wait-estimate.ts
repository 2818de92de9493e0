import { PoolError } from './pool-error.ts';

/** Seconds that are given at least and at most. */
const shortest = 1;
const longest = 60;

/** Estimates from the jobs that were answered when a full queue has space again. */
export class WaitEstimate {
  /** Moving average of a job's run time in milliseconds. */
  #jobMs = 1000;

  /** Notes that a job was answered. @param ms Its run time, without its time in the queue. */
  add(ms: number): void {
    this.#jobMs += (ms - this.#jobMs) / 8;
  }

  /** The error for a job that the queue has no space for. @param waiting Jobs in the queue. */
  busy(waiting: number, workers: number): PoolError {
    const seconds = Math.ceil((waiting * this.#jobMs) / Math.max(1, workers) / 1000);
    const problem = `the queue is full (${waiting} waiting); try again later`;
    return new PoolError('busy', problem, Math.min(longest, Math.max(shortest, seconds)));
  }
}
