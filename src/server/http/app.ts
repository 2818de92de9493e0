import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { messageOf } from '../../core/errors.ts';
import type { PageFiles } from '../page/page-files.ts';
import { pageRoute } from '../page/page-route.ts';
import { addRunsRoutes } from '../runs/runs-routes.ts';
import { authorize } from './authorize.ts';
import { ClientGone } from './client-gone.ts';
import type { AppEnv, AppOptions } from './context.ts';
import { explainRoute } from './explain-route.ts';
import { modelFileRoute } from './model-file-route.ts';
import { openApiDocument } from './openapi.ts';
import { predictRoute } from './predict-route.ts';
import { Problem, problemMediaType } from './problem.ts';
import type { HealthBody, ModelsBody } from './schemas.ts';

/** The addresses of the server, and their methods. */
const routes: Readonly<Record<string, 'GET' | 'POST'>> = {
  '/v1/predict': 'POST',
  '/v1/explain': 'POST',
  '/v1/models': 'GET',
  '/v1/models/{name}/file': 'GET',
  '/v1/runs': 'GET',
  '/v1/runs/{name}/metrics': 'GET',
  '/healthz': 'GET',
  '/metrics': 'GET',
  '/openapi.json': 'GET',
};

const open = new Set(['/healthz', '/openapi.json']);

/** The server's addresses, and what is done for every request: id, log, figures, token, problem documents. */
export function buildApp(options: AppOptions): Hono<AppEnv> {
  const { service, metrics, token, stopping, page = new Map() as PageFiles } = options;
  const app = new Hono<AppEnv>();
  app.use(requestId());
  app.use(async (c, next) => {
    c.set('arrived', performance.now());
    c.set('facts', {});
    await next();
    if (stopping()) c.header('connection', 'close');
    c.header('x-content-type-options', 'nosniff');
    report(c, options);
  });
  if (options.cors !== undefined) {
    app.use(cors({ origin: options.cors, exposeHeaders: ['x-request-id', 'retry-after'] }));
  }
  app.use(async (c, next) => {
    // The page is no secret, and asks for the token itself.
    const isOpen = open.has(c.req.path) || page.has(c.req.path);
    if (token !== undefined && !isOpen) authorize(c.req.header('authorization'), token);
    if (stopping() && c.req.path !== '/healthz') {
      throw new Problem('stopping', 'the server takes no more requests', { 'retry-after': '5' });
    }
    await next();
  });

  app.post('/v1/predict', predictRoute(options));
  app.post('/v1/explain', explainRoute(options));
  app.get('/v1/models', (c) => c.json({ models: [...service.models] } satisfies ModelsBody));
  app.get('/v1/models/:name/file', modelFileRoute(options));
  addRunsRoutes(app, options);
  app.get('/healthz', (c) => {
    const models = service.status();
    const able = models.every(({ ready }) => ready > 0);
    const status = stopping() ? 'stopping' : able ? 'ok' : 'degraded';
    return c.json({ status, models } satisfies HealthBody, status === 'ok' ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const { body, contentType } = await metrics.text();
    return c.body(body, 200, { 'content-type': contentType });
  });
  const document = openApiDocument({ version: options.version, secured: token !== undefined });
  app.get('/openapi.json', (c) => c.json(document));

  for (const [address, file] of page) app.get(address, pageRoute(file));

  app.notFound((c) => problemResponse(c, refusalOf(c.req.path, page)));
  app.onError((error, c) => {
    if (error instanceof Problem) return problemResponse(c, error);
    // Nobody reads this; the status is nginx's, for the log and the figures.
    if (error instanceof ClientGone) return new Response(null, { status: 499 });
    c.set('facts', { ...c.get('facts'), error: error.stack ?? messageOf(error) });
    // What went wrong inside is for the log; the request's id leads there.
    return problemResponse(c, new Problem('internal', 'see the log of the server'));
  });
  return app;
}

function refusalOf(path: string, page: PageFiles): Problem {
  const address = addressOf(path);
  const method = page.has(path) ? 'GET' : Object.hasOwn(routes, address) ? routes[address] : undefined;
  if (method === undefined) return new Problem('not-found', `nothing is at ${path}`);
  const allow = method === 'GET' ? 'GET, HEAD' : method;
  return new Problem('method-not-allowed', `${path} takes ${method}`, { allow });
}

function problemResponse(c: Context<AppEnv>, problem: Problem): Response {
  c.set('facts', { ...c.get('facts'), problem: problem.kind, detail: problem.message });
  const document = JSON.stringify(problem.toDocument(c.get('requestId')));
  return c.body(document, problem.status, { ...problem.headers, 'content-type': problemMediaType });
}

/** A path as `routes` names it. */
function addressOf(path: string): string {
  return path.replace(/^(\/v1\/(?:models|runs))\/[^/]+(\/(?:file|metrics))$/, '$1/{name}$2');
}

/** One line in the log and one count for each request. */
function report(c: Context<AppEnv>, { metrics, log, page }: AppOptions): void {
  const { status } = c.res;
  const { path, method } = c.req;
  const ms = performance.now() - c.get('arrived');
  const address = addressOf(path);
  const route = Object.hasOwn(routes, address) ? address : page?.has(path) ? 'page' : 'other';
  metrics.countRequest({ route, method: knownMethods.has(method) ? method : 'other', status }, ms / 1000);
  const level = status >= 500 && status !== 503 ? 'error' : 'info';
  const facts = { requestId: c.get('requestId'), method, path, status, ms: Math.round(ms * 10) / 10 };
  log(level, 'request', { ...facts, ...c.get('facts') });
}

/** Labels must stay few, whatever is sent. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']);
