import { buildApp } from './http/app.ts';
import type { Log } from './http/json-log.ts';
import { type Listener, listen } from './http/listener.ts';
import { ServerMetrics } from './http/metrics.ts';
import { BodyBudget } from './http/request/body-budget.ts';
import { listPageFiles } from './page/page-files.ts';
import { WatchedRuns } from './runs/watched-runs.ts';
import { type ServedModel, startService } from './work/service.ts';

export interface ServerOptions {
  models: readonly ServedModel[];
  /** Worker processes per model. */
  workers: number;
  /** Maximum number of waiting pictures per model. */
  queue: number;
  host: string;
  /** 0 picks a free port. */
  port: number;
  /** Largest request body. */
  maxBodyBytes: number;
  /** Largest picture. */
  maxPixels: number;
  /** Request timeout in milliseconds, from the arrival of the whole body. */
  timeoutMs: number;
  /** Milliseconds within which a request's header, and then its body, has to arrive. */
  receiveMs: number;
  /** Required of clients. Default: none. */
  token?: string | undefined;
  /** Origin whose pages may call the server. Default: none. */
  cors?: string | undefined;
  /** Folder of training runs that can be followed. Default: none. */
  runsFolder?: string | undefined;
  /** Folder of the built web page, which may be empty. Default: no page. */
  page?: string | undefined;
  log: Log;
  /** Version of the package. */
  version: string;
}

/** A running server. */
export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  url: string;
  /** Process ids of the running workers. */
  workerPids(): number[];
  /** Refuses new requests, answers the accepted ones, and ends within `timeoutMs` plus one second. */
  stop(): Promise<void>;
}

/** Total size of the request bodies in memory, in bytes; more if a single body may be larger. */
const bodyBudgetBytes = 512e6;

/**
 * Starts a server: loads the models in worker processes, then listens.
 * @throws whatever `startService` throws; MaskRcnnError if it cannot listen on the address.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { log, maxBodyBytes, receiveMs, timeoutMs, page, runsFolder } = options;
  let stopping = false;
  const metrics = new ServerMetrics();
  const service = await startService({
    ...options,
    onEvent: (event) => {
      metrics.countWorkerEvent(event);
      log('warn', event.kind, { model: event.model, reason: event.reason });
    },
  });
  metrics.watch(service);
  const budget = new BodyBudget(Math.max(bodyBudgetBytes, 2 * maxBodyBytes));
  const app = buildApp({
    ...options,
    service,
    metrics,
    page: page === undefined ? undefined : await listPageFiles(page),
    runs: runsFolder === undefined ? undefined : new WatchedRuns(runsFolder),
    limits: { maxBytes: maxBodyBytes, receiveMs, budget },
    stopping: () => stopping,
  });
  let listener: Listener;
  try {
    listener = await listen(app, options);
  } catch (error) {
    await service.close();
    throw error;
  }
  const { url, isLoopback } = listener;
  if (options.token === undefined && !isLoopback) {
    log('warn', 'unprotected', { detail: 'any machine that can reach this address can use it; see --token' });
  }
  log('info', 'listening', { url, models: service.models.map(({ name }) => name) });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    stopping = true;
    log('info', 'stopping');
    await listener.close(timeoutMs + 1000);
    await service.close();
    log('info', 'stopped');
  };
  return {
    url,
    workerPids: () => service.workerPids,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
