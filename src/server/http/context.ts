import type { HttpBindings } from '@hono/node-server';
import type { PageFiles } from '../page/page-files.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import type { PredictionService } from '../work/service.ts';
import type { Log } from './json-log.ts';
import type { ServerMetrics } from './metrics.ts';
import type { BodyLimits } from './read-body.ts';

/** What the server's addresses are built on. */
export interface AppOptions {
  service: Pick<PredictionService, 'models' | 'fileOf' | 'poolOf' | 'run' | 'status'>;
  metrics: ServerMetrics;
  log: Log;
  limits: BodyLimits;
  /** Asked for at every address but /healthz and /openapi.json. */
  token?: string | undefined;
  /** The origin whose pages may use the server; none by default. */
  cors?: string | undefined;
  /** The web page; nothing is at its addresses where it is left out. */
  page?: PageFiles | undefined;
  /** Training runs that may be followed; none where it is left out. */
  runs?: RunFolder | undefined;
  /** Of the package. */
  version: string;
  /** Whether the server takes no more work. */
  stopping(): boolean;
}

/** What travels with a request. */
export interface AppEnv {
  Bindings: HttpBindings;
  Variables: {
    requestId: string;
    /** `performance.now()` at the arrival of the header. */
    arrived: number;
    /** What the request's line in the log tells besides. */
    facts: Record<string, unknown>;
  };
}
