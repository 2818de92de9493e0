import type { Hono } from 'hono';
import type { AppEnv, AppOptions } from '../http/context.ts';
import { parseQuery } from '../http/parse-query.ts';
import { Problem } from '../http/problem.ts';
import { type RunMetricsBody, type RunsBody, runMetricsQuerySchema } from './runs-schemas.ts';

/** `GET /v1/runs` and `GET /v1/runs/{name}/metrics`: training runs, to be followed while they go on. */
export function addRunsRoutes(app: Hono<AppEnv>, { runs }: Pick<AppOptions, 'runs'>): void {
  app.get('/v1/runs', async (c) => {
    const body: RunsBody = { watching: runs !== undefined, runs: runs ? await runs.list() : [] };
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });
  app.get('/v1/runs/:name/metrics', async (c) => {
    const query = parseQuery(runMetricsQuerySchema, c.req.query(), ['from']);
    const name = c.req.param('name');
    if (!runs) throw new Problem('unknown-run', 'the server was given no folder of runs (--runs)');
    const body: RunMetricsBody = await runs.read(name, query);
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });
}
