import type { Context } from 'hono';
import { MaskRcnnError } from '../../core/errors.ts';
import type { JobAnswer } from '../work/messages.ts';
import { chooseType } from './accept.ts';
import type { AppEnv, AppOptions } from './context.ts';
import { parseQuery } from './parse-query.ts';
import { Problem } from './problem.ts';
import { rounded, runPictureJob } from './run-picture-job.ts';
import { type PredictionBody, predictQuerySchema } from './schemas.ts';

const representations = ['application/json', 'image/png'] as const;

type Done = Extract<JobAnswer, { outcome: 'done' }>;

/** `POST /v1/predict`. */
export function predictRoute(options: AppOptions) {
  return async (c: Context<AppEnv>): Promise<Response> => {
    const query = parseQuery(predictQuerySchema, c.req.query(), ['score']);
    const { score, model = options.service.models[0].name } = query;
    const type = chooseType(c.req.header('accept'), representations);
    if (type === null) throw new Problem('not-acceptable', `there is ${representations.join(' and ')}`);
    const output = type === 'image/png' ? 'overlay' : 'results';
    const { done, queuedMs } = await runPictureJob(c, options, model, ({ file, name }) => ({
      picture: file,
      fileName: name,
      score,
      output,
    }));
    if (done.outcome !== 'done') throw new MaskRcnnError(`a worker answered ${done.outcome} to a prediction`);
    return done.overlay ? pngResponse(c, done.overlay) : c.json(describe(done, { c, model, queuedMs }));
  };
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
