import { MaskRcnnError } from '../../core/errors.ts';
import { ClientGone } from '../http/client-gone.ts';
import { Problem } from '../http/problem.ts';
import type { Job, JobAnswer, WorkerTask } from './messages.ts';
import type { StartWorker } from './worker-process.ts';
import { type SlotEvents, WorkerSlot } from './worker-slot.ts';

export interface PoolOptions {
  start: StartWorker;
  /** Workers, 1 or more. */
  workers: number;
  /** Jobs that may wait besides those that workers are at. */
  queue: number;
  /** Milliseconds from a job's acceptance to its answer. */
  timeoutMs: number;
  /** See `SlotOptions`. Default 250. */
  restartMs?: number;
  /** Is told what a log should tell. */
  onEvent?: (event: PoolEvent) => void;
}

export type PoolEvent =
  | { kind: 'worker-ended'; reason: string }
  /** The job goes to another worker. */
  | { kind: 'retried'; reason: string };

export interface PoolStatus {
  workers: number;
  /** Workers with their model loaded. */
  ready: number;
  /** Jobs that wait. */
  queued: number;
}

/** A job between its acceptance and its answer. */
interface Pending {
  task: WorkerTask;
  /** Workers that it was given to. */
  attempts: number;
  /** `performance.now()` of the acceptance, and of the handing over. */
  accepted: number;
  started: number;
  settle(outcome: { answer: JobAnswer; queuedMs: number } | { error: Error }): void;
}

/** A job is lost when this many workers died over it. */
const mostAttempts = 2;

/**
 * A bounded queue before a number of workers. Every accepted job is settled: answered, refused by its deadline, or,
 * when two workers died over it, failed.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #slots: WorkerSlot[];
  readonly #queue: Pending[] = [];
  /** By task id, until settled. */
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  /** Moving average of the milliseconds that a worker is at a job. */
  #jobMs = 1000;
  #starting: { resolve(): void; reject(error: Error): void } | null = null;
  /**
   * Settles when every worker has loaded its model for the first time.
   * @throws MaskRcnnError why one of them could not.
   */
  readonly ready: Promise<void>;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
    });
    const { start, workers, timeoutMs, restartMs = 250 } = options;
    // A worker that is late by another whole timeout will not come back by itself.
    const slot = { start, hangMs: 2 * timeoutMs, restartMs };
    this.#slots = Array.from({ length: workers }, () => new WorkerSlot(slot, this.#slotEvents()));
  }

  get status(): PoolStatus {
    const ready = this.#slots.filter((slot) => slot.ready).length;
    return { workers: this.#slots.length, ready, queued: this.#queue.length };
  }

  /** Process ids of the workers that are running now. */
  get pids(): number[] {
    return this.#slots.flatMap(({ pid }) => pid ?? []);
  }

  /** @throws Problem `busy` where another job would find the queue full. */
  checkSpace(): void {
    if (this.#queue.length < this.#options.queue || this.#slots.some((slot) => slot.free)) return;
    const seconds = Math.ceil((this.#queue.length * this.#jobMs) / this.#slots.length / 1000);
    throw new Problem('busy', `${this.#queue.length} pictures are waiting already; try again later`, {
      'retry-after': String(Math.min(60, Math.max(1, seconds))),
    });
  }

  /**
   * Has a job done.
   * @param signal Aborted when nobody waits for the answer any more: a job in the queue is then dropped.
   * @returns The answer, and how many milliseconds the job waited.
   * @throws Problem `busy`, `timeout`, `worker-died` or, at the end, `stopping`; ClientGone.
   */
  async run(job: Job, signal?: AbortSignal): Promise<{ answer: JobAnswer; queuedMs: number }> {
    this.checkSpace();
    return new Promise((resolve, reject) => {
      const now = performance.now();
      const id = this.#nextId++;
      const drop = (error: Error) => {
        const place = this.#queue.indexOf(pending);
        if (place >= 0) this.#queue.splice(place, 1);
        pending.settle({ error });
      };
      const { timeoutMs } = this.#options;
      const late = `no answer within ${timeoutMs / 1000} s`;
      const deadline = setTimeout(() => drop(new Problem('timeout', late)), timeoutMs);
      const abort = () => drop(new ClientGone());
      const pending: Pending = {
        task: { id, job },
        attempts: 0,
        accepted: now,
        started: now,
        settle: (outcome) => {
          clearTimeout(deadline);
          signal?.removeEventListener('abort', abort);
          this.#pending.delete(id);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome);
        },
      };
      signal?.addEventListener('abort', abort);
      this.#pending.set(id, pending);
      this.#queue.push(pending);
      this.#dispatch();
    });
  }

  /** Ends the workers. Jobs that are not settled by then fail. */
  async close(): Promise<void> {
    this.#queue.length = 0;
    for (const { settle } of this.#pending.values()) {
      settle({ error: new Problem('stopping', 'the server stopped before the picture was looked at') });
    }
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }

  #slotEvents(): SlotEvents {
    return {
      free: () => {
        if (this.#slots.every((slot) => slot.ready)) this.#starting?.resolve();
        this.#dispatch();
      },
      answered: ({ id }, answer) => {
        const pending = this.#pending.get(id);
        // Nobody waits for an answer after the deadline.
        if (!pending) return;
        this.#jobMs += (performance.now() - pending.started - this.#jobMs) / 8;
        pending.settle({ answer, queuedMs: pending.started - pending.accepted });
      },
      lost: ({ id }, reason) => this.#lost(id, reason),
      ended: (reason) => {
        this.#starting?.reject(new MaskRcnnError(`a worker could not start: ${reason}`));
        this.#options.onEvent?.({ kind: 'worker-ended', reason });
      },
    };
  }

  #lost(id: number, reason: string): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (pending.attempts >= mostAttempts) {
      const detail = `${pending.attempts} workers ended while they looked at the picture (${reason})`;
      pending.settle({ error: new Problem('worker-died', detail) });
      return;
    }
    this.#options.onEvent?.({ kind: 'retried', reason });
    // It was accepted before those that wait, so neither their order nor the bound keeps it back.
    this.#queue.unshift(pending);
    this.#dispatch();
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (this.#queue.length === 0) return;
      if (!slot.free) continue;
      const pending = this.#queue.shift()!;
      pending.attempts += 1;
      pending.started = performance.now();
      slot.give(pending.task);
    }
  }
}
