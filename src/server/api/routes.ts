/**
 * The routes of the server, once: the app registers them, metrics are labelled by them, the OpenAPI document lists them
 * and clients build their URLs from them. Imports nothing, so that the page can use it too.
 */

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Parameters in braces, as in OpenAPI. */
  readonly path: string;
  /** Open to clients without a token. Default: false. */
  readonly open?: true;
}

export const routes = {
  predict: { method: 'POST', path: '/v1/predict' },
  explain: { method: 'POST', path: '/v1/explain' },
  listModels: { method: 'GET', path: '/v1/models' },
  downloadModel: { method: 'GET', path: '/v1/models/{name}/file' },
  listRuns: { method: 'GET', path: '/v1/runs' },
  followRun: { method: 'GET', path: '/v1/runs/{name}/metrics' },
  health: { method: 'GET', path: '/healthz', open: true },
  metrics: { method: 'GET', path: '/metrics' },
  openapi: { method: 'GET', path: '/openapi.json', open: true },
} as const satisfies Record<string, Route>;

/** A route's name; also its `operationId` in the OpenAPI document. */
export type RouteName = keyof typeof routes;

/** The parameters in a path: `'name'` for `/v1/models/{name}/file`, `never` where there are none. */
type ParametersOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParametersOf<Rest>
  : never;

/**
 * The URL of a route, relative to the server's root: `v1/models/cells/file`, `v1/predict?score=0.7`.
 * @param parameters Values of the path's parameters.
 * @param query Without parameters that are undefined.
 */
export function urlOf<Path extends string>(
  { path }: { readonly path: Path },
  parameters: Readonly<Record<ParametersOf<Path>, string>>,
  query: Readonly<Record<string, string>> = {},
): string {
  const values: Readonly<Record<string, string>> = parameters;
  const filled = path.slice(1).replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name]));
  const search = new URLSearchParams(query).toString();
  return search === '' ? filled : `${filled}?${search}`;
}
