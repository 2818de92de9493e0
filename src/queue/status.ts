import { isJobOf } from './chunk.ts';
import { type ChunkQueue, failedJobs, workerNames } from './queue.ts';
import type { RunState, RunStates } from './run-state.ts';

/** The state of a queue. */
export interface QueueStatus {
  readonly runs: readonly (RunState & {
    /** Jobs that failed and are not tried again by themselves. */
    readonly failedJobs: number;
  })[];
  readonly jobs: { readonly waiting: number; readonly active: number; readonly failed: number };
  /** Why jobs have failed, the latest first; at most ten. */
  readonly failures: readonly { readonly id: string; readonly reason: string }[];
  readonly workers: readonly { readonly name: string; readonly pictures: number }[];
}

const maxFailures = 10;

/** The runs, jobs and workers of a queue. */
export async function queueStatus(queue: ChunkQueue, states: RunStates): Promise<QueueStatus> {
  const { waiting, delayed, active, failed } = await queue.getJobCounts(
    'waiting',
    'delayed',
    'active',
    'failed',
  );
  const failures = await queue.getFailed(0, maxFailures - 1);
  const names = await workerNames(queue);
  const failedIds = failed > 0 ? await failedJobs(queue) : [];
  const runs = await states.all();
  return {
    runs: runs.map((run) => {
      return { ...run, failedJobs: failedIds.filter((job) => isJobOf(run.id, job)).length };
    }),
    jobs: { waiting: waiting + delayed, active, failed },
    failures: failures.map(({ id = '', failedReason }) => ({ id, reason: failedReason })),
    workers: await Promise.all(
      names.map(async (name) => ({ name, pictures: await states.picturesOf(name) })),
    ),
  };
}

/** Whether nothing will change by itself: all runs are done or cancelled, or what is left of them has failed. */
export function isSettled({ runs, jobs }: Pick<QueueStatus, 'runs' | 'jobs'>): boolean {
  const areListed = runs.every(({ complete, cancelled }) => complete || cancelled);
  return areListed && ((jobs.waiting === 0 && jobs.active === 0) || runs.every(isDone));
}

/** Whether a run is cancelled, or all its pictures have a record. */
export function isDone({ complete, cancelled, done, listed }: RunState): boolean {
  return cancelled || (complete && done >= listed);
}

/** Seconds until a run is done at its present rate; null where that is not known. */
export function secondsLeft({ complete, listed, done, rate }: RunState): number | null {
  return complete && rate > 0 ? (listed - done) / rate : null;
}

/** Jobs that are looked at together. */
const page = 1000;

/** Cancels a run: no worker begins another of its chunks. */
export async function cancelRun(queue: ChunkQueue, states: RunStates, id: string): Promise<void> {
  await states.cancel(id);
  await removeJobs(queue, id, ['waiting', 'delayed', 'failed']);
}

/** Removes the jobs of a run. @param from Their states. */
export async function removeJobs(
  queue: ChunkQueue,
  id: string,
  from: readonly ('waiting' | 'delayed' | 'failed')[],
): Promise<void> {
  for (const state of from) {
    for (let start = 0; ; ) {
      const ids = await queue.getRanges([state], start, start + page - 1);
      const own = ids.filter((job) => isJobOf(id, job));
      await Promise.all(own.map((job) => queue.remove(job)));
      if (ids.length < page) break;
      // Removed jobs move the others up.
      start += page - own.length;
    }
  }
}

/** Puts failed jobs back into the queue. @param id Of a run; undefined: of all. @returns Their number. */
export async function retryFailed(queue: ChunkQueue, id: string | undefined): Promise<number> {
  let retried = 0;
  for (let start = 0; ; ) {
    const jobs = await queue.getFailed(start, start + page - 1);
    const own = jobs.filter((job) => id === undefined || isJobOf(id, job.id ?? ''));
    await Promise.all(own.map((job) => job.retry('failed')));
    retried += own.length;
    if (jobs.length < page) return retried;
    start += page - own.length;
  }
}
