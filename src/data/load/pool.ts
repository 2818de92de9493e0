import { ThreadPool } from '../../core/node/thread-pool.ts';
import type { PreparedSample } from './batch.ts';
import { type LoaderTask, type PreparationOptions, runTask } from './task.ts';

/** Prepares pictures, in parallel if there are threads. */
export interface LoaderPool {
  /** @throws MaskRcnnError naming the picture. */
  run(task: LoaderTask): Promise<PreparedSample>;
  close(): Promise<void>;
}

/** @param threads 0: the calling thread does the work. */
export function loaderPool(threads: number, options: PreparationOptions): LoaderPool {
  if (threads === 0) return { run: (task) => runTask(task, options), close: async () => {} };
  const module = new URL('./worker', import.meta.url);
  return new ThreadPool<LoaderTask, PreparedSample>({ module, threads, data: options });
}
