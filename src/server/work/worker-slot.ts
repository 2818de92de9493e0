import type { JobAnswer, WorkerTask } from './messages.ts';
import type { StartWorker, WorkerHandle } from './worker-process.ts';

/** What a slot tells the pool that it belongs to. */
export interface SlotEvents {
  /** Its worker waits for a task. */
  free(): void;
  answered(task: WorkerTask, answer: JobAnswer): void;
  /** The worker ended while it was at the task. */
  lost(task: WorkerTask, reason: string): void;
  /** The worker ended by itself, at a task or not; it is started again. */
  ended(reason: string): void;
}

export interface SlotOptions {
  start: StartWorker;
  /** A worker that is still at one task after this many milliseconds is ended. */
  hangMs: number;
  /** Milliseconds until a worker that could not even load its model is started again; doubles up to 10 s. */
  restartMs: number;
}

const longestRestartMs = 10_000;

/** One place in a pool, with a worker in it that is started again whenever it ends. One task at a time. */
export class WorkerSlot {
  readonly #options: SlotOptions;
  readonly #events: SlotEvents;
  #worker: WorkerHandle | null = null;
  #ready = false;
  #task: WorkerTask | null = null;
  #watchdog: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** Starts in a row that did not lead to a ready worker. */
  #failures = 0;
  #closed = false;
  #whenEmpty: (() => void) | undefined;

  constructor(options: SlotOptions, events: SlotEvents) {
    this.#options = options;
    this.#events = events;
    this.#start();
  }

  /** Whether a worker with its model loaded is here. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Whether it can be given a task. */
  get free(): boolean {
    return this.#ready && this.#task === null;
  }

  get pid(): number | undefined {
    return this.#worker?.pid;
  }

  /** Only while it is free. */
  give(task: WorkerTask): void {
    this.#task = task;
    this.#watchdog = setTimeout(() => this.#worker?.kill(), this.#options.hangMs);
    this.#worker?.send(task);
  }

  /** Ends the worker for good. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    if (this.#worker === null) return;
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    this.#worker.kill();
    await empty;
  }

  #start(): void {
    this.#worker = this.#options.start({
      ready: () => {
        this.#ready = true;
        this.#failures = 0;
        this.#events.free();
      },
      answered: (id, answer) => this.#answered(id, answer),
      exited: (reason) => this.#exited(reason),
    });
  }

  #answered(id: number, answer: JobAnswer): void {
    if (this.#task?.id !== id) return;
    const task = this.#takeTask()!;
    this.#events.answered(task, answer);
    this.#events.free();
  }

  #exited(reason: string): void {
    if (!this.#ready) this.#failures += 1;
    this.#worker = null;
    this.#ready = false;
    const task = this.#takeTask();
    this.#whenEmpty?.();
    if (!this.#closed) {
      const delay = this.#failures === 0 ? 0 : this.#options.restartMs * 2 ** (this.#failures - 1);
      this.#restart = setTimeout(() => this.#start(), Math.min(delay, longestRestartMs));
      this.#events.ended(reason);
    }
    if (task) this.#events.lost(task, reason);
  }

  #takeTask(): WorkerTask | null {
    const task = this.#task;
    this.#task = null;
    clearTimeout(this.#watchdog);
    return task;
  }
}
