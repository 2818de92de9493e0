import type { Context } from 'hono';
import { parseWith } from '../config/parse.ts';
import { InputError, MaskRcnnError } from '../core/errors.ts';
import { chooseType } from './accept.ts';
import type { AppEnv, AppOptions } from './context.ts';
import type { Job, JobAnswer } from './messages.ts';
import { Problem } from './problem.ts';
import { readBody } from './read-body.ts';
import { readPicture } from './read-picture.ts';
import { type PredictionBody, type PredictQuery, predictQuerySchema } from './schemas.ts';

const representations = ['application/json', 'image/png'] as const;

type Done = Extract<JobAnswer, { outcome: 'done' }>;

/**
 * `POST /v1/predict`. What can be refused by the header is refused before the body is read, and what can be refused
 * by the body's beginning before a worker sees it.
 */
export function predictRoute({ service, metrics, limits }: AppOptions) {
  return async (c: Context<AppEnv>): Promise<Response> => {
    const { score, model = service.models[0].name } = parseQuery(c.req.query());
    const type = chooseType(c.req.header('accept'), representations);
    if (type === null) throw new Problem('not-acceptable', `there is ${representations.join(' and ')}`);
    service.poolOf(model).checkSpace();

    const body = await readBody(c.env.incoming, limits);
    try {
      const { file, name } = await readPicture(c.req.raw.headers, body.bytes);
      const output = type === 'image/png' ? 'overlay' : 'results';
      const job: Job = { picture: file, fileName: name, score, output };
      const { answer, queuedMs } = await service.run(model, job, c.req.raw.signal);
      const done = checkDone(answer);
      const timings = { queue: queuedMs, ...done.timings };
      metrics.countPrediction(model, timings);
      c.set('facts', { model, bytes: body.bytes.length, instances: done.instances, ...rounded(timings) });
      return done.overlay ? pngResponse(c, done.overlay) : c.json(describe(done, { c, model, queuedMs }));
    } finally {
      body.release();
    }
  };
}

/** @throws Problem `bad-parameter` that names each wrong parameter. */
function parseQuery({ score, ...rest }: Record<string, string>): PredictQuery {
  // Number('') is 0, which nobody meant.
  const number = score === undefined ? undefined : score.trim() === '' ? Number.NaN : Number(score);
  try {
    return parseWith(predictQuerySchema, 'query', { ...rest, score: number });
  } catch (error) {
    if (error instanceof InputError) throw new Problem('bad-parameter', error.message);
    throw error;
  }
}

function checkDone(answer: JobAnswer): Done {
  if (answer.outcome === 'refused') throw new Problem(answer.problem, answer.detail);
  if (answer.outcome === 'failed') throw new MaskRcnnError(`a worker failed: ${answer.detail}`);
  return answer;
}

function describe(
  { width, height, results, timings }: Done,
  { c, model, queuedMs }: { c: Context<AppEnv>; model: string; queuedMs: number },
): PredictionBody {
  const { decode, predict } = timings;
  const total = performance.now() - c.get('arrived');
  const steps = rounded({ queue: queuedMs, decode, predict, total });
  return { requestId: c.get('requestId'), model, width, height, results, timings: steps };
}

function pngResponse(c: Context<AppEnv>, png: Uint8Array): Response {
  return c.body(new Uint8Array(png), 200, { 'content-type': 'image/png' });
}

/** To tenths of a millisecond. */
function rounded<Key extends string>(timings: Record<Key, number>): Record<Key, number> {
  const entries = Object.entries<number>(timings);
  return Object.fromEntries(entries.map(([key, ms]) => [key, Math.round(ms * 10) / 10])) as Record<
    Key,
    number
  >;
}
