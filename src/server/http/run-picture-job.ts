import type { Context } from 'hono';
import { MaskRcnnError } from '../../core/errors.ts';
import type { Job, JobAnswer } from '../work/messages.ts';
import type { AppEnv, AppOptions } from './context.ts';
import { Problem } from './problem.ts';
import { readBody } from './read-body.ts';
import type { SentFile } from './read-form.ts';
import { readPicture } from './read-picture.ts';

/** A job that was done. */
export type DoneAnswer = Exclude<JobAnswer, { outcome: 'refused' | 'failed' }>;

/**
 * Reads the picture of a request and has a worker do a job with it; the log and the figures are told. What can be
 * refused by the header is refused before the body is read, and what can be refused by the body's beginning before a
 * worker sees it.
 * @returns The answer, and how many milliseconds the job waited.
 * @throws Problem, ClientGone; MaskRcnnError where the worker failed.
 */
export async function runPictureJob(
  c: Context<AppEnv>,
  { service, metrics, limits }: AppOptions,
  model: string,
  makeJob: (sent: SentFile) => Job,
): Promise<{ done: DoneAnswer; queuedMs: number }> {
  service.poolOf(model).checkSpace();
  const body = await readBody(c.env.incoming, limits);
  try {
    const job = makeJob(await readPicture(c.req.raw.headers, body.bytes));
    const { answer, queuedMs } = await service.run(model, job, c.req.raw.signal);
    const done = checkDone(answer);
    const timings = { queue: queuedMs, ...done.timings };
    metrics.countPrediction(model, timings);
    c.set('facts', { model, bytes: body.bytes.length, instances: done.instances, ...rounded(timings) });
    return { done, queuedMs };
  } finally {
    body.release();
  }
}

function checkDone(answer: JobAnswer): DoneAnswer {
  if (answer.outcome === 'refused') throw new Problem(answer.problem, answer.detail);
  if (answer.outcome === 'failed') throw new MaskRcnnError(`a worker failed: ${answer.detail}`);
  return answer;
}

/** To tenths of a millisecond. */
export function rounded<Key extends string>(timings: Record<Key, number>): Record<Key, number> {
  const entries = Object.entries<number>(timings);
  return Object.fromEntries(entries.map(([key, ms]) => [key, Math.round(ms * 10) / 10])) as Record<
    Key,
    number
  >;
}
