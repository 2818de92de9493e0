import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { stackOf } from '../../core/errors.ts';
import { Problem, problemMediaType } from '../api/problem.ts';
import { type Route, type RouteName, routes } from '../api/routes.ts';
import type { HealthBody, ModelsBody } from '../api/schemas.ts';
import type { AppEnv, AppOptions, RouteHandler } from './context.ts';
import { explainHandler } from './handlers/explain.ts';
import { modelFileHandler } from './handlers/model-file.ts';
import { pageFileHandler } from './handlers/page-file.ts';
import { predictHandler } from './handlers/predict.ts';
import { listRunsHandler, runMetricsHandler } from './handlers/runs.ts';
import { openApiDocument } from './openapi.ts';
import { checkHost } from './request/allowed-hosts.ts';
import { authorize } from './request/authorize.ts';
import { ClientGone } from './request/client-gone.ts';
import { refuseCrossSite } from './request/cross-site.ts';

/** All files of the page count as one route, which needs no token: the page itself asks for it. */
const pageRoute: Route = { method: 'GET', path: 'page', open: true };

/** The routes and what every request goes through: id, log line, metrics, CORS, origin, host, token, problem documents. */
export function buildApp(options: AppOptions): Hono<AppEnv> {
  const { token, hosts, stopping, page = new Map() } = options;
  const app = new Hono<AppEnv>();
  app.use(requestId());
  app.use(async (c, next) => {
    c.set('arrived', performance.now());
    c.set('facts', {});
    await next();
    if (stopping()) c.header('connection', 'close');
    c.header('x-content-type-options', 'nosniff');
    c.header('cross-origin-resource-policy', 'same-origin');
    report(c, options);
  });
  const identify = (path: string, route: Route) =>
    app.all(path, async (c, next) => {
      c.set('route', route);
      await next();
    });
  for (const route of Object.values(routes)) identify(honoPath(route), route);
  for (const path of page.keys()) identify(path, pageRoute);
  if (options.cors !== undefined) {
    app.use(cors({ origin: options.cors, exposeHeaders: ['x-request-id', 'retry-after'] }));
  }
  app.use(async (c, next) => {
    const route = c.get('route');
    refuseCrossSite(c.req.raw, options.cors);
    if (hosts) checkHost(c.req.url, hosts);
    if (token !== undefined && !route?.open) authorize(c.req.header('authorization'), token);
    if (stopping() && route !== routes.health) {
      throw new Problem('stopping', 'the server is shutting down', { 'retry-after': '5' });
    }
    await next();
  });

  const handlers = handlersOf(options);
  for (const [name, route] of Object.entries(routes)) {
    app.on(route.method, honoPath(route), handlers[name as RouteName]);
  }
  for (const [path, file] of page) app.get(path, pageFileHandler(file));

  app.notFound((c) => problemResponse(c, refusalOf(c)));
  app.onError((error, c) => {
    if (error instanceof Problem) return problemResponse(c, error);
    // Nobody receives this response; the log and the metrics use nginx's status for it.
    if (error instanceof ClientGone) return new Response(null, { status: 499 });
    c.set('facts', { ...c.get('facts'), error: stackOf(error) });
    // Internal details go to the log only, under the request's id.
    return problemResponse(c, new Problem('internal', "see the server's log"));
  });
  return app;
}

function handlersOf(options: AppOptions): Readonly<Record<RouteName, RouteHandler>> {
  const { service, metrics, stopping, version, token } = options;
  const document = openApiDocument({ version, secured: token !== undefined });
  return {
    predict: predictHandler(options),
    explain: explainHandler(options),
    listModels: (c) => c.json({ models: [...service.models] } satisfies ModelsBody),
    downloadModel: modelFileHandler(options),
    listRuns: listRunsHandler(options),
    followRun: runMetricsHandler(options),
    health: (c) => {
      const models = service.status();
      const able = models.every(({ ready }) => ready > 0);
      const status = stopping() ? 'stopping' : able ? 'ok' : 'degraded';
      return c.json({ status, models } satisfies HealthBody, status === 'ok' ? 200 : 503);
    },
    metrics: async (c) => {
      const { body, contentType } = await metrics.text();
      return c.body(body, 200, { 'content-type': contentType });
    },
    openapi: (c) => c.json(document),
  };
}

/** `/v1/models/{name}/file` → `/v1/models/:name/file` */
function honoPath({ path }: Route): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Why no handler matched the request: an unknown path, or a known one with another method. */
function refusalOf(c: Context<AppEnv>): Problem {
  const { path } = c.req;
  const method = c.get('route')?.method;
  if (method === undefined) return new Problem('not-found', `no such path: ${path}`);
  const allow = method === 'GET' ? 'GET, HEAD' : method;
  return new Problem('method-not-allowed', `${path} only accepts ${method}`, { allow });
}

function problemResponse(c: Context<AppEnv>, problem: Problem): Response {
  c.set('facts', { ...c.get('facts'), problem: problem.kind, detail: problem.message });
  const document = JSON.stringify(problem.toDocument(c.get('requestId')));
  return c.body(document, problem.status, { ...problem.headers, 'content-type': problemMediaType });
}

/** Counts a request and writes its log line. */
function report(c: Context<AppEnv>, { metrics, log }: AppOptions): void {
  const { status } = c.res;
  const { path, method } = c.req;
  const ms = performance.now() - c.get('arrived');
  const route = c.get('route')?.path ?? 'other';
  metrics.countRequest({ route, method: knownMethods.has(method) ? method : 'other', status }, ms / 1000);
  const level = status >= 500 && status !== 503 ? 'error' : 'info';
  const facts = { requestId: c.get('requestId'), method, path, status, ms: Math.round(ms * 10) / 10 };
  log(level, 'request', { ...facts, ...c.get('facts') });
}

/** Bounds the number of metric labels, whatever methods clients send. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']);
