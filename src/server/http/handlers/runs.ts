import { Problem } from '../../api/problem.ts';
import { type RunMetricsBody, type RunsBody, runMetricsQuerySchema } from '../../api/runs-schemas.ts';
import type { AppOptions, RouteHandler } from '../context.ts';
import { parseQuery } from '../request/parse-query.ts';

const headers = { 'cache-control': 'no-store' };

/** Lists the training runs. */
export function listRunsHandler({ runs }: Pick<AppOptions, 'runs'>): RouteHandler {
  return async (c) => {
    const body: RunsBody = { watching: runs !== undefined, runs: runs ? await runs.list() : [] };
    return c.json(body, 200, headers);
  };
}

/** Returns the metrics that a run has written since the previous request. */
export function runMetricsHandler({ runs }: Pick<AppOptions, 'runs'>): RouteHandler {
  return async (c) => {
    const query = parseQuery(runMetricsQuerySchema, c.req.queries(), ['from']);
    if (!runs) throw new Problem('unknown-run', 'the server was started without a folder of runs (--runs)');
    const body: RunMetricsBody = await runs.read(c.req.param('name') ?? '', query);
    return c.json(body, 200, headers);
  };
}
