import type { WorkerTask } from './messages.ts';
import type { StartWorker, WorkerHandle } from './worker-process.ts';

/** Callbacks of a slot to its pool. */
export interface SlotEvents<Job, Answer> {
  /** The worker is ready for a task. */
  free(): void;
  answered(task: WorkerTask<Job>, answer: Answer): void;
  /** The worker exited while running the task. */
  lost(task: WorkerTask<Job>, reason: string): void;
  /** The worker exited on its own, with or without a task; it is restarted. */
  ended(reason: string): void;
}

export interface SlotOptions<Job, Answer> {
  start: StartWorker<Job, Answer>;
  /** A worker that runs a task for longer than this many milliseconds is killed; null: never. */
  hangMs: number | null;
  /** Milliseconds before restarting a worker that failed to load its model; doubles with each failure, up to 10 s. */
  restartMs: number;
}

/** The longest time between two starts. */
export const maxRestartMs = 10_000;

/** A worker that failed to load its model this many times in a row counts as one that cannot. */
const lastingFailures = 3;

/** A place in a pool for one worker, which runs one task at a time and is restarted whenever it exits. */
export class WorkerSlot<Job, Answer> {
  readonly #options: SlotOptions<Job, Answer>;
  readonly #events: SlotEvents<Job, Answer>;
  #worker: WorkerHandle<Job> | null = null;
  #ready = false;
  #task: WorkerTask<Job> | null = null;
  #watchdog: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** Consecutive starts that did not lead to a ready worker. */
  #failures = 0;
  #closed = false;
  #whenEmpty: (() => void) | undefined;

  constructor(options: SlotOptions<Job, Answer>, events: SlotEvents<Job, Answer>) {
    this.#options = options;
    this.#events = events;
    this.#start();
  }

  /** Whether the worker has loaded its model. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Whether the worker can be given a task. */
  get free(): boolean {
    return this.#ready && this.#task === null;
  }

  /** Whether the last starts failed; it goes on being started. */
  get failing(): boolean {
    return this.#failures >= lastingFailures;
  }

  get pid(): number | undefined {
    return this.#worker?.pid;
  }

  /** Gives the worker a task. Call only while the slot is free. */
  give(task: WorkerTask<Job>): void {
    this.#task = task;
    const { hangMs } = this.#options;
    if (hangMs !== null) this.#watchdog = setTimeout(() => this.#worker?.kill(), hangMs);
    this.#worker?.send(task);
  }

  /** Ends the worker without restarting it. */
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

  #answered(id: number, answer: Answer): void {
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
      this.#restart = setTimeout(() => this.#start(), Math.min(delay, maxRestartMs));
      this.#events.ended(reason);
    }
    if (task) this.#events.lost(task, reason);
  }

  #takeTask(): WorkerTask<Job> | null {
    const task = this.#task;
    this.#task = null;
    clearTimeout(this.#watchdog);
    return task;
  }
}
