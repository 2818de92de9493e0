import type { Context } from 'hono';
import { MaskRcnnError } from '../../../core/errors.ts';
import { parsePixelSize } from '../../../export/pixel-size.ts';
import { predictionForms } from '../../api/prediction-forms.ts';
import { type PredictionBody, predictQuerySchema } from '../../api/schemas.ts';
import type { JobAnswer } from '../../work/job.ts';
import type { AppEnv, AppOptions, RouteHandler } from '../context.ts';
import { negotiateType } from '../request/accept.ts';
import { checkParameter } from '../request/check-parameter.ts';
import { parseQuery } from '../request/parse-query.ts';
import { choiceNumbers, choicesOf, planeChoiceOf } from '../request/query-choices.ts';
import { rounded, runPictureJob } from './run-picture-job.ts';

const mediaTypes = Object.keys(predictionForms) as (keyof typeof predictionForms)[];

type Done = Extract<JobAnswer, { outcome: 'done' }>;

/** Runs a prediction and answers it in the form that the client accepts. */
export function predictHandler(options: AppOptions): RouteHandler {
  return async (c) => {
    const query = parseQuery(predictQuerySchema, c.req.queries(), [...choiceNumbers, 'tolerance']);
    const { model = options.service.models[0].name, pixelSize, tolerance } = query;
    if (pixelSize !== undefined) checkParameter(() => parsePixelSize(pixelSize, 'query: pixelSize'));
    const choices = choicesOf(
      query,
      options.service.models.find(({ name }) => name === model),
    );
    const type = negotiateType(c.req.header('accept'), mediaTypes);
    const output = predictionForms[type];
    let fileName: string | null = null;
    const { done, queuedMs } = await runPictureJob(c, options, model, ({ file, name }) => {
      fileName = name;
      return { picture: file, fileName, plane: planeChoiceOf(query), choices, output, pixelSize, tolerance };
    });
    if (done.outcome !== 'done')
      throw new MaskRcnnError(`a worker answered a prediction with "${done.outcome}"`);
    return done.file
      ? c.body(new Uint8Array(done.file), 200, { 'content-type': type })
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
