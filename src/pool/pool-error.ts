import { MaskRcnnError } from '../core/errors.ts';

/**
 * `busy`: the queue is full; `timeout`: no answer before the deadline; `worker-died`: two workers crashed on the job;
 * `stopping`: the pool was closed.
 */
export type PoolErrorKind = 'busy' | 'timeout' | 'worker-died' | 'stopping';

/** Why a pool did not answer a job. */
export class PoolError extends MaskRcnnError {
  override name = 'PoolError';
  readonly kind: PoolErrorKind;
  /** Where the queue is full: seconds after which there may be room. */
  readonly retryAfter: number | undefined;

  constructor(kind: PoolErrorKind, problem: string, retryAfter?: number) {
    super(problem);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}
