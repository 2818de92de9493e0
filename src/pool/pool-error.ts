import { MaskRcnnError } from '../core/errors.ts';

/**
 * `worker-died`: two workers crashed on the job; `no-worker`: no worker runs, and none can be started, as when the model's
 * file was removed; `stopping`: the pool was closed. Not of pools that `createPool` makes: `busy`: the queue is full;
 * `timeout`: no answer before the deadline.
 */
export type PoolErrorKind = 'busy' | 'timeout' | 'worker-died' | 'no-worker' | 'stopping';

/** Why a pool did not answer a job. */
export class PoolError extends MaskRcnnError {
  override name = 'PoolError';
  readonly kind: PoolErrorKind;
  /** Where the queue is full or no worker runs: seconds after which that may be over. */
  readonly retryAfter: number | undefined;

  constructor(kind: PoolErrorKind, problem: string, retryAfter?: number) {
    super(problem);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}
