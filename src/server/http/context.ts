import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Route } from '../api/routes.ts';
import type { PageFiles } from '../page/page-files.ts';
import type { WatchedRuns } from '../runs/watched-runs.ts';
import type { PredictionService } from '../work/service.ts';
import type { Log } from './json-log.ts';
import type { ServerMetrics } from './metrics.ts';
import type { AllowedHosts } from './request/allowed-hosts.ts';
import type { BodyLimits } from './request/read-body.ts';

/** Dependencies and settings of the app. */
export interface AppOptions {
  service: Pick<PredictionService, 'models' | 'fileOf' | 'checkSpace' | 'run' | 'status'>;
  metrics: ServerMetrics;
  log: Log;
  limits: BodyLimits;
  /** Required of clients on every route that is not open. Default: none. */
  token?: string | undefined;
  /** Hosts by which clients may address the server. Default: any. */
  hosts?: AllowedHosts | undefined;
  /** Origin whose pages may call the server. Default: none. */
  cors?: string | undefined;
  /** Files of the web page. Default: none. */
  page?: PageFiles | undefined;
  /** Training runs that can be followed. Default: none. */
  runs?: WatchedRuns | undefined;
  /** Version of the package. */
  version: string;
  /** Whether the server is shutting down and refuses new work. */
  stopping(): boolean;
}

/** Values attached to a request. */
export interface AppEnv {
  Bindings: HttpBindings;
  Variables: {
    requestId: string;
    /** `performance.now()` when the header arrived. */
    arrived: number;
    /** The route that the path belongs to, whatever the method; undefined for an unknown path. */
    route: Route | undefined;
    /** Additional fields of the request's log line. */
    facts: Record<string, unknown>;
  };
}

/** Answers a request to one route. */
export type RouteHandler = (c: Context<AppEnv>) => Response | Promise<Response>;
