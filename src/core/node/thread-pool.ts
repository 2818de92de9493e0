import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, Worker } from 'node:worker_threads';
import { MaskRcnnError, messageOf } from '../errors.ts';

/** What a thread sends back. */
type Reply<Answer> = { id: number; answer: Answer } | { id: number; problem: string; isInput: boolean };

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export interface ThreadPoolOptions {
  /** The module that calls `answerTasks`, as a URL without its ending. */
  readonly module: URL;
  readonly threads: number;
  /** Every thread's `workerData`. */
  readonly data: unknown;
}

/** Threads that do tasks of one kind, side by side. */
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
   * Threads take turns: so many tasks one after the other as there are threads meet each of them once.
   * @throws What the thread threw; a `MaskRcnnError` stays one.
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

/** The package has JavaScript; from the sources, a thread needs the compiler that tests and scripts run under. */
function startThread(module: URL, workerData: unknown): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`${module.href}.js`), { workerData });
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  const compiler = new URL('./esm/api/index.mjs', tsx).href;
  const source = `${module.href}.ts`;
  const code = `import('${compiler}').then(({ register }) => { register(); return import('${source}'); });`;
  return new Worker(code, { eval: true, workerData });
}

/**
 * The thread's side of a `ThreadPool`: answers each task, or says what went wrong.
 * @param moved Memory of the answer that is handed over instead of being copied.
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
