import { onAbort } from '../core/abort.ts';
import { MaskRcnnError } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import type { WorkerTask } from './messages.ts';
import { PoolError } from './pool-error.ts';
import { WaitEstimate } from './wait-estimate.ts';
import type { StartWorker } from './worker-process.ts';
import { maxRestartMs, type SlotEvents, WorkerSlot } from './worker-slot.ts';

export interface WorkerPoolOptions<Job, Answer> {
  start: StartWorker<Job, Answer>;
  /** Number of workers, at least 1. */
  workers: number;
  /** Maximum number of waiting jobs. */
  queue: number;
  /** Milliseconds from a job's acceptance to its deadline; null: none. */
  timeoutMs: number | null;
  /** See `SlotOptions`. Default 250. */
  restartMs?: number;
  /** Called when a worker has exited or a job is retried. */
  onEvent?: (event: PoolEvent) => void;
}

export type PoolEvent =
  | { kind: 'worker-ended'; reason: string }
  /** The job's worker exited; the job goes to another one. */
  | { kind: 'retried'; reason: string };

export interface PoolStatus {
  workers: number;
  /** Workers that have loaded their model. */
  ready: number;
  /** Waiting jobs. */
  queued: number;
}

/** An answer, and how many milliseconds its job was queued. */
export interface Answered<Answer> {
  answer: Answer;
  queuedMs: number;
}

/** A job between its acceptance and its answer. */
interface Pending<Job, Answer> {
  task: WorkerTask<Job>;
  /** Number of workers it has been given to. */
  attempts: number;
  /** `performance.now()` when it was accepted, and when it was last given to a worker. */
  accepted: number;
  started: number;
  settle(outcome: Answered<Answer> | { error: Error }): void;
}

/** A job fails when this many workers have exited while running it. */
const maxAttempts = 2;

/**
 * A bounded queue in front of a fixed number of workers. Every accepted job is settled: it is answered, times out, or
 * fails when two workers have exited while running it, or no worker can be started.
 */
export class WorkerPool<Job, Answer> {
  readonly #options: WorkerPoolOptions<Job, Answer>;
  readonly #slots: WorkerSlot<Job, Answer>[];
  readonly #queue: Pending<Job, Answer>[] = [];
  /** Unsettled jobs by task id. */
  readonly #pending = new Map<number, Pending<Job, Answer>>();
  #nextId = 0;
  #closed = false;
  readonly #wait = new WaitEstimate();
  #starting: { resolve(): void; reject(error: Error): void } | null = null;
  /**
   * Resolves when every worker has loaded its model for the first time; rejects with a MaskRcnnError if one cannot.
   */
  readonly ready: Promise<void>;

  constructor(options: WorkerPoolOptions<Job, Answer>) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
    });
    const { start, workers, timeoutMs, restartMs = 250 } = options;
    // A worker that is still busy a whole timeout after the deadline is considered hung.
    const slot = { start, hangMs: timeoutMs === null ? null : 2 * timeoutMs, restartMs };
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

  /** @throws PoolError `busy` if the queue is full. */
  checkSpace(): void {
    if (this.#queue.length < this.#options.queue || this.#slots.some((slot) => slot.free)) return;
    throw this.#wait.busy(this.#queue.length, this.#slots.length);
  }

  /**
   * Runs a job.
   * @param signal Aborts the job: it is removed from the queue, or its answer discarded.
   * @throws PoolError `busy`, `timeout`, `worker-died`, `no-worker`, or `stopping` if the pool is closed; the signal's reason.
   */
  async run(job: Job, signal?: AbortSignal): Promise<Answered<Answer>> {
    signal?.throwIfAborted();
    if (this.#closed) throw new PoolError('stopping', 'the pool was closed; create another one');
    this.checkSpace();
    return new Promise((resolve, reject) => {
      const now = performance.now();
      const id = this.#nextId++;
      const drop = (error: Error) => {
        const place = this.#queue.indexOf(pending);
        if (place >= 0) this.#queue.splice(place, 1);
        pending.settle({ error });
      };
      const deadline = this.#deadline(drop);
      const forget = signal && onAbort(signal, () => drop(signal.reason));
      const pending: Pending<Job, Answer> = {
        task: { id, job },
        attempts: 0,
        accepted: now,
        started: now,
        settle: (outcome) => {
          clearTimeout(deadline);
          forget?.();
          this.#pending.delete(id);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome);
        },
      };
      this.#pending.set(id, pending);
      this.#queue.push(pending);
      this.#dispatch();
    });
  }

  /** Ends the workers; unsettled jobs fail. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.length = 0;
    for (const { settle } of this.#pending.values()) {
      settle({ error: new PoolError('stopping', 'the pool was closed before the picture was processed') });
    }
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }

  #deadline(drop: (error: Error) => void): NodeJS.Timeout | undefined {
    const { timeoutMs } = this.#options;
    if (timeoutMs === null) return undefined;
    const late = `no answer within ${timeoutMs / 1000} s`;
    return setTimeout(() => drop(new PoolError('timeout', late)), timeoutMs);
  }

  #slotEvents(): SlotEvents<Job, Answer> {
    return {
      free: () => {
        if (this.#slots.every((slot) => slot.ready)) this.#starting?.resolve();
        this.#dispatch();
      },
      answered: ({ id }, answer) => {
        const pending = this.#pending.get(id);
        // After the deadline, the answer is discarded.
        if (!pending) return;
        this.#wait.add(performance.now() - pending.started);
        pending.settle({ answer, queuedMs: pending.started - pending.accepted });
      },
      lost: ({ id }, reason) => this.#lost(id, reason),
      ended: (reason) => {
        this.#starting?.reject(new MaskRcnnError(`a worker could not start: ${reason}`));
        this.#options.onEvent?.({ kind: 'worker-ended', reason });
        if (this.#slots.every((slot) => slot.failing)) this.#failQueue(reason);
      },
    };
  }

  /** Later jobs wait for the next start, which may lead to a worker again. */
  #failQueue(reason: string): void {
    const problem = `no worker can be started: ${reason}`;
    for (const { settle } of this.#queue.splice(0)) {
      settle({ error: new PoolError('no-worker', problem, maxRestartMs / 1000) });
    }
  }

  #lost(id: number, reason: string): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (pending.attempts >= maxAttempts) {
      const detail = `${plural(pending.attempts, 'worker')} exited while processing it (${reason})`;
      pending.settle({ error: new PoolError('worker-died', detail) });
      return;
    }
    this.#options.onEvent?.({ kind: 'retried', reason });
    // It was accepted before the waiting jobs, so it goes to the front, even if the queue is full.
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
