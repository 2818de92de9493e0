import { workerData } from 'node:worker_threads';
import { answerTasks } from '../../core/node/thread-pool.ts';
import type { PreparedSample } from './batch.ts';
import { type LoaderTask, type PreparationOptions, runTask } from './task.ts';

/** The worker's side of `pool.ts`. */
answerTasks<LoaderTask, PreparedSample>(
  (task) => runTask(task, workerData as PreparationOptions),
  ({ tensor }) => [tensor.data.buffer as ArrayBuffer],
);
