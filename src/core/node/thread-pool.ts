import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, Worker } from 'node:worker_threads';
import { MaskRcnnError, messageOf } from '../errors.ts';

/** A thread's reply to a task. */
type Reply<Answer> = { id: number; answer: Answer } | { id: number; problem: string; isInput: boolean };

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
}

/** Threads that run tasks of one kind in parallel. */
export class ThreadPool<Task, Answer> {
  readonly #workers: Worker[];
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #next = 0;
  #closed = false;
  #failure: Error | null = null;

  constructor({ module, threads, data }: ThreadPoolOptions) {
    this.#workers = Array.from({ length: threads }, () => this.#start(module, data));
  }

  /**
   * Assigns tasks to threads in turn: of as many consecutive tasks as there are threads, each thread runs one.
   * @throws the thread's error; a `MaskRcnnError` remains one.
   */
  run(task: Task): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#workers[id % this.#workers.length].postMessage({ id, task });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(module: URL, data: unknown): Worker {
    const worker = startThread(module, data);
    worker.on('message', (reply: Reply<Answer>) => this.#settle(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => {
      if (!this.#closed) this.#fail(new Error(`a thread of ${basename(module.pathname)} ended`));
    });
    return worker;
  }

  #settle(reply: Reply<Answer>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('answer' in reply) waiting?.resolve(reply.answer);
    else waiting?.reject(new (reply.isInput ? MaskRcnnError : Error)(reply.problem));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The package contains JavaScript. When running from source, a thread needs tsx, as tests and scripts do. */
function startThread(module: URL, workerData: unknown): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`${module.href}.js`), { workerData });
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  const compiler = new URL('./esm/api/index.mjs', tsx).href;
  const source = `${module.href}.ts`;
  const code = `import('${compiler}').then(({ register }) => { register(); return import('${source}'); });`;
  return new Worker(code, { eval: true, workerData });
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
      reply({ id, problem: messageOf(error), isInput: error instanceof MaskRcnnError });
    }
  });
}
