import { parentPort, workerData } from 'node:worker_threads';
import { MaskRcnnError, messageOf } from '../core/errors.ts';
import type { WorkerAnswer } from './loader-pool.ts';
import { type LoaderTask, type PreparationOptions, runTask } from './loader-task.ts';

/** The thread's side of `loader-pool.ts`: answers each task with the prepared sample, or with what went wrong. */
const options = workerData as PreparationOptions;

parentPort?.on('message', ({ id, task }: { id: number; task: LoaderTask }) => {
  void answer(id, task);
});

async function answer(id: number, task: LoaderTask): Promise<void> {
  try {
    const sample = await runTask(task, options);
    const message: WorkerAnswer = { id, sample };
    parentPort?.postMessage(message, [sample.tensor.data.buffer as ArrayBuffer]);
  } catch (error) {
    const message: WorkerAnswer = { id, problem: messageOf(error), isInput: error instanceof MaskRcnnError };
    parentPort?.postMessage(message);
  }
}
