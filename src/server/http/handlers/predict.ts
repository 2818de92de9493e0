import type { Context } from 'hono';
import { MaskRcnnError } from '../../../core/errors.ts';
import { type PredictionBody, predictQuerySchema } from '../../api/schemas.ts';
import type { JobAnswer } from '../../work/job.ts';
import type { AppEnv, AppOptions, RouteHandler } from '../context.ts';
import { negotiateType } from '../request/accept.ts';
import { parseQuery } from '../request/parse-query.ts';
import { choiceNumbers, choicesOf } from '../request/query-choices.ts';
import { rounded, runPictureJob } from './run-picture-job.ts';

const representations = ['application/json', 'image/png'] as const;

type Done = Extract<JobAnswer, { outcome: 'done' }>;

/** Runs a prediction and answers COCO results, or the picture with the instances drawn over it. */
export function predictHandler(options: AppOptions): RouteHandler {
  return async (c) => {
    const query = parseQuery(predictQuerySchema, c.req.query(), choiceNumbers);
    const { model = options.service.models[0].name } = query;
    const choices = choicesOf(
      query,
      options.service.models.find(({ name }) => name === model),
    );
    const type = negotiateType(c.req.header('accept'), representations);
    const output = type === 'image/png' ? 'overlay' : 'results';
    let fileName: string | null = null;
    const { done, queuedMs } = await runPictureJob(c, options, model, ({ file, name }) => {
      fileName = name;
      return { picture: file, fileName, choices, output };
    });
    if (done.outcome !== 'done')
      throw new MaskRcnnError(`a worker answered a prediction with "${done.outcome}"`);
    return done.overlay
      ? pngResponse(c, done.overlay)
      : c.json(bodyOf(done, { c, model, fileName, queuedMs }));
  };
}

/** Where a result comes from. */
interface Origin {
  c: Context<AppEnv>;
  model: string;
  /** Of the picture in a form. */
  fileName: string | null;
  queuedMs: number;
}

function bodyOf(
  { width, height, results, omitted, timings }: Done,
  { c, model, fileName, queuedMs }: Origin,
): PredictionBody {
  const { decode, predict } = timings;
  const total = performance.now() - c.get('arrived');
  const steps = rounded({ queue: queuedMs, decode, predict, total });
  return { requestId: c.get('requestId'), model, fileName, width, height, results, omitted, timings: steps };
}

function pngResponse(c: Context<AppEnv>, png: Uint8Array): Response {
  return c.body(new Uint8Array(png), 200, { 'content-type': 'image/png' });
}
