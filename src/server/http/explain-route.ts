import type { Context } from 'hono';
import { MaskRcnnError } from '../../core/errors.ts';
import type { ExplainJob } from '../work/messages.ts';
import { chooseType } from './accept.ts';
import type { AppEnv, AppOptions } from './context.ts';
import { explainQuerySchema } from './explain-schemas.ts';
import { parseQuery } from './parse-query.ts';
import { Problem } from './problem.ts';
import { runPictureJob } from './run-picture-job.ts';

const representations = ['application/json', 'text/html'] as const;

/** The report has no script and refers to nothing outside, so it needs no more than this. */
const reportPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** `POST /v1/explain`: what every stage saw, as numbers or as the report. */
export function explainRoute(options: AppOptions) {
  return async (c: Context<AppEnv>): Promise<Response> => {
    const query = parseQuery(explainQuerySchema, c.req.query(), ['score', 'instance', 'proposal']);
    const { score, part, lang, instance, proposal, model = options.service.models[0].name } = query;
    if (instance !== undefined && proposal !== undefined) {
      throw new Problem('bad-parameter', 'either an instance or a proposal can be followed, not both');
    }
    const type = chooseType(c.req.header('accept'), representations);
    if (type === null) throw new Problem('not-acceptable', `there is ${representations.join(' and ')}`);
    const job: Pick<ExplainJob, 'output' | 'follow' | 'report'> = {
      output: type === 'text/html' ? 'report' : part === 'focus' ? 'focus' : 'stages',
      follow: {
        ...(instance === undefined ? {} : { instance: instance - 1 }),
        ...(proposal === undefined ? {} : { proposal: proposal - 1 }),
      },
      report: { language: lang, modelName: model, version: options.version },
    };
    const { done } = await runPictureJob(c, options, model, ({ file, name }) => ({
      picture: file,
      fileName: name,
      score,
      ...job,
    }));
    if (done.outcome !== 'explained') throw new MaskRcnnError(`a worker answered ${done.outcome} to explain`);
    const { body } = done;
    if ('report' in body) {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': reportPolicy };
      return c.body(new Uint8Array(body.report), 200, headers);
    }
    // The worker has written the numbers as JSON already, which can be megabytes.
    const known = JSON.stringify({ requestId: c.get('requestId'), model });
    const text = `${known.slice(0, -1)},"stages":${body.stages},"focus":${body.focus}}`;
    return c.body(text, 200, { 'content-type': 'application/json' });
  };
}
