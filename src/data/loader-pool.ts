import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { MaskRcnnError } from '../core/errors.ts';
import type { PreparedSample } from './batch.ts';
import { type LoaderTask, type PreparationOptions, runTask } from './loader-task.ts';

/** What a thread sends back. */
export type WorkerAnswer =
  | { id: number; sample: PreparedSample }
  | { id: number; problem: string; isInput: boolean };

/** Prepares pictures, side by side where there are threads. */
export interface LoaderPool {
  /** @throws MaskRcnnError that names the picture. */
  run(task: LoaderTask): Promise<PreparedSample>;
  close(): Promise<void>;
}

/** @param threads 0: the calling thread does the work. */
export function loaderPool(threads: number, options: PreparationOptions): LoaderPool {
  if (threads === 0) return { run: (task) => runTask(task, options), close: async () => {} };
  return new ThreadPool(threads, options);
}

interface Waiting {
  resolve(sample: PreparedSample): void;
  reject(error: Error): void;
}

class ThreadPool implements LoaderPool {
  readonly #workers: Worker[];
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #closed = false;
  #failure: Error | null = null;

  constructor(threads: number, options: PreparationOptions) {
    this.#workers = Array.from({ length: threads }, () => this.#start(options));
  }

  run(task: LoaderTask): Promise<PreparedSample> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // Tasks take turns; the order of the answers does not matter to anyone.
      this.#workers[id % this.#workers.length].postMessage({ id, task });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(options: PreparationOptions): Worker {
    const worker = startThread(options);
    worker.on('message', (answer: WorkerAnswer) => this.#settle(answer));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => {
      if (!this.#closed) this.#fail(new Error('a loader thread ended'));
    });
    return worker;
  }

  #settle(answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('sample' in answer) waiting?.resolve(answer.sample);
    else waiting?.reject(new (answer.isInput ? MaskRcnnError : Error)(answer.problem));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The package has JavaScript; from the sources, a thread needs the compiler that tests and scripts run under. */
function startThread(options: PreparationOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./loader-worker.js', import.meta.url), { workerData: options });
  }
  const source = new URL('./loader-worker.ts', import.meta.url).href;
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  const compiler = new URL('./esm/api/index.mjs', tsx).href;
  const code = `import('${compiler}').then(({ register }) => { register(); return import('${source}'); });`;
  return new Worker(code, { eval: true, workerData: options });
}
