import type { Context } from 'hono';
import { MaskRcnnError } from '../../../core/errors.ts';
import { Problem } from '../../api/problem.ts';
import type { Job, JobAnswer } from '../../work/job.ts';
import type { AppEnv, AppOptions } from '../context.ts';
import { ClientGone } from '../request/client-gone.ts';
import { readBody } from '../request/read-body.ts';
import type { SentFile } from '../request/read-form.ts';
import { readPicture } from '../request/read-picture.ts';

/** The answer to a job that succeeded. */
export type DoneAnswer = Exclude<JobAnswer, { outcome: 'refused' | 'failed' }>;

/**
 * Reads the picture of a request and has a worker of the model run a job on it; records log fields and metrics. Requests
 * are refused as early as possible: by the header before the body is read, by the first bytes before a worker is used.
 * @returns The answer, and how many milliseconds the job was queued.
 * @throws Problem, ClientGone; MaskRcnnError if the worker failed.
 */
export async function runPictureJob(
  c: Context<AppEnv>,
  { service, metrics, limits }: AppOptions,
  model: string,
  makeJob: (sent: SentFile) => Job,
): Promise<{ done: DoneAnswer; queuedMs: number }> {
  service.checkSpace(model);
  const body = await readBody(c.env.incoming, limits);
  const { signal } = c.req.raw;
  try {
    const job = makeJob(await readPicture(c.req.raw.headers, body.bytes));
    const { answer, queuedMs } = await service.run(model, job, signal);
    const done = checkDone(answer);
    const timings = { queue: queuedMs, ...done.timings };
    metrics.countPrediction(model, timings);
    c.set('facts', { model, bytes: body.bytes.length, instances: done.instances, ...rounded(timings) });
    return { done, queuedMs };
  } catch (error) {
    throw signal.aborted && error === signal.reason ? new ClientGone() : error;
  } finally {
    body.release();
  }
}

function checkDone(answer: JobAnswer): DoneAnswer {
  if (answer.outcome === 'refused') throw new Problem(answer.problem, answer.detail);
  if (answer.outcome === 'failed') throw new MaskRcnnError(`a worker failed: ${answer.detail}`);
  return answer;
}

/** Rounds to tenths of a millisecond. */
export function rounded<Key extends string>(timings: Record<Key, number>): Record<Key, number> {
  const entries = Object.entries<number>(timings);
  return Object.fromEntries(entries.map(([key, ms]) => [key, Math.round(ms * 10) / 10])) as Record<
    Key,
    number
  >;
}
