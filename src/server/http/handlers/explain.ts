import { MaskRcnnError } from '../../../core/errors.ts';
import { explainQuerySchema } from '../../api/explain-schemas.ts';
import { Problem } from '../../api/problem.ts';
import type { ExplainJob } from '../../work/job.ts';
import type { AppOptions, RouteHandler } from '../context.ts';
import { negotiateType } from '../request/accept.ts';
import { parseQuery } from '../request/parse-query.ts';
import { choiceNumbers, choicesOf, planeChoiceOf } from '../request/query-choices.ts';
import { runPictureJob } from './run-picture-job.ts';

const representations = ['application/json', 'text/html'] as const;

/** The report has no scripts and references nothing outside itself. */
const reportPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** Explains a prediction stage by stage, as numbers or as the HTML report. */
export function explainHandler(options: AppOptions): RouteHandler {
  return async (c) => {
    const query = parseQuery(explainQuerySchema, c.req.queries(), [...choiceNumbers, 'instance', 'proposal']);
    const { part, lang, instance, proposal, pooler, model = options.service.models[0].name } = query;
    if (instance !== undefined && proposal !== undefined) {
      throw new Problem('bad-parameter', 'select either an instance or a proposal, not both');
    }
    const choices = choicesOf(
      query,
      options.service.models.find(({ name }) => name === model),
    );
    const type = negotiateType(c.req.header('accept'), representations);
    const job: Pick<ExplainJob, 'output' | 'follow' | 'report' | 'pooler'> = {
      output: type === 'text/html' ? 'report' : part === 'focus' ? 'focus' : 'stages',
      follow: {
        ...(instance === undefined ? {} : { instance: instance - 1 }),
        ...(proposal === undefined ? {} : { proposal: proposal - 1 }),
      },
      pooler,
      report: { language: lang, modelName: model, version: options.version },
    };
    const { done } = await runPictureJob(c, options, model, ({ file, name }) => ({
      picture: file,
      fileName: name,
      plane: planeChoiceOf(query),
      choices,
      ...job,
    }));
    if (done.outcome !== 'explained')
      throw new MaskRcnnError(`a worker answered an explanation with "${done.outcome}"`);
    const { body } = done;
    if ('report' in body) {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': reportPolicy };
      return c.body(new Uint8Array(body.report), 200, headers);
    }
    // The worker has already serialised the numbers, which can take megabytes.
    const known = JSON.stringify({ requestId: c.get('requestId'), model });
    const text = `${known.slice(0, -1)},"stages":${body.stages},"focus":${body.focus}}`;
    return c.body(text, 200, { 'content-type': 'application/json' });
  };
}
