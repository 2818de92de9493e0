import { basename } from 'node:path';
import { parentPort, Worker, type WorkerOptions } from 'node:worker_threads';
import { fromPlainError, type PlainError, toPlainError } from '../plain-error.ts';
import { fromSources, startedFile, tsxModule } from './from-sources.ts';

/** A thread's reply to a task. */
type Reply<Answer> = { id: number; answer: Answer } | { id: number; error: PlainError };

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export interface ThreadPoolOptions {
  /** The module that calls `answerTasks`, as a URL without a file extension. */
  readonly module: URL;
  readonly threads: number;
  /** The `workerData` of every thread. */
  readonly data: unknown;
  /**
   * Tasks that a thread holds at most; the others wait for the next thread that is free. Default: any number, so that
   * threads have work while this one is busy.
   */
  readonly tasksPerThread?: number;
  /** Megabytes for the new objects of each thread; less memory for more garbage collection. Default: Node's. */
  readonly youngMegabytes?: number;
}

interface Thread {
  readonly worker: Worker;
  /** Tasks that it has not answered. */
  tasks: number;
}

/** Threads that run tasks of one kind in parallel. */
export class ThreadPool<Task, Answer> {
  readonly #threads: Thread[];
  readonly #tasksPerThread: number;
  /** Tasks that no thread has. */
  readonly #queue: { id: number; task: Task }[] = [];
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #next = 0;
  #closed = false;
  #failure: Error | null = null;

  constructor({ module, threads, data, tasksPerThread = Infinity, youngMegabytes }: ThreadPoolOptions) {
    this.#tasksPerThread = tasksPerThread;
    const options: WorkerOptions = {
      workerData: data,
      ...(youngMegabytes !== undefined && { resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } }),
    };
    this.#threads = Array.from({ length: threads }, () => this.#start(module, options));
  }

  /**
   * Gives the task to the thread with the fewest.
   * @throws the thread's error; see `fromPlainError`.
   */
  run(task: Task): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#queue.push({ id, task });
      this.#assign();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #assign(): void {
    while (this.#queue.length > 0) {
      const idlest = this.#threads.reduce((a, b) => (b.tasks < a.tasks ? b : a));
      if (idlest.tasks >= this.#tasksPerThread) return;
      idlest.tasks++;
      idlest.worker.postMessage(this.#queue.shift());
    }
  }

  #start(module: URL, options: WorkerOptions): Thread {
    const worker = startThread(module, options);
    const thread = { worker, tasks: 0 };
    worker.on('message', (reply: Reply<Answer>) => {
      thread.tasks--;
      this.#assign();
      this.#settle(reply);
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => {
      if (!this.#closed) this.#fail(new Error(`a thread of ${basename(module.pathname)} ended`));
    });
    return thread;
  }

  #settle(reply: Reply<Answer>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('answer' in reply) waiting?.resolve(reply.answer);
    else waiting?.reject(fromPlainError(reply.error));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function startThread(module: URL, options: WorkerOptions): Worker {
  const file = startedFile(module);
  if (!fromSources) return new Worker(file, options);
  const compiler = new URL('./esm/api/index.mjs', tsxModule()).href;
  const code = `import('${compiler}').then(({ register }) => { register(); return import('${file.href}'); });`;
  return new Worker(code, { ...options, eval: true });
}

/**
 * The thread's side of a `ThreadPool`: replies to each task with an answer or an error.
 * @param moved Buffers of the answer that are transferred instead of copied.
 */
export function answerTasks<Task, Answer>(
  work: (task: Task) => Promise<Answer>,
  moved: (answer: Answer) => ArrayBuffer[] = () => [],
): void {
  const reply = (message: Reply<Answer>, memory: ArrayBuffer[] = []) =>
    parentPort?.postMessage(message, memory);
  parentPort?.on('message', async ({ id, task }: { id: number; task: Task }) => {
    try {
      const answer = await work(task);
      reply({ id, answer }, moved(answer));
    } catch (error) {
      reply({ id, error: toPlainError(error) });
    }
  });
}
