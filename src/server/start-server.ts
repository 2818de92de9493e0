import { randomBytes } from 'node:crypto';
import type { Device } from '../config/device.ts';
import type { PredictionChoices } from '../predict/choices.ts';
import type { QueueAddress } from '../queue/address.ts';
import { connect, disconnect } from '../queue/connection.ts';
import { buildApp } from './http/app.ts';
import { boundAddress, isLoopback } from './http/bound-address.ts';
import type { Log } from './http/json-log.ts';
import { type Listener, listen } from './http/listener.ts';
import { ServerMetrics } from './http/metrics.ts';
import { allowedHosts } from './http/request/allowed-hosts.ts';
import { BodyBudget } from './http/request/body-budget.ts';
import { listPageFiles } from './page/page-files.ts';
import { QueueService } from './remote/queue-service.ts';
import { WatchedRuns } from './runs/watched-runs.ts';
import { describeModel, type PredictionService, type ServedModel, startService } from './work/service.ts';

export interface ServerOptions {
  /** With `remote`: those to serve besides the ones of the workers. */
  models: readonly ServedModel[];
  /** A queue whose workers predict; default: worker processes of this server. */
  remote?: QueueAddress | undefined;
  /** Worker processes per model. */
  workers: number;
  /** Threads of one prediction. Default: the cores divided by all workers. */
  threads?: number | undefined;
  /** Default `cpu`. */
  device?: Device | undefined;
  /** Defaults of every prediction. */
  choices?: PredictionChoices | undefined;
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
  /**
   * Required of clients; null for none. Default: none if only this machine can reach the server, else one that
   * `RunningServer.pageUrl` carries.
   */
  token?: string | null | undefined;
  /** More names by which clients address the server. With any, or without a token, other names are refused. */
  allowHosts?: readonly string[] | undefined;
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
  /** URL of the page, which carries the token if the server made it: `http://0.0.0.0:8080/#token=…`. */
  pageUrl: string;
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
  const access = await accessOf(options);
  let stopping = false;
  const metrics = new ServerMetrics();
  const service = options.remote
    ? await openRemote(options.remote, options, metrics)
    : await startLocal(options, metrics);
  const budget = new BodyBudget(Math.max(bodyBudgetBytes, 2 * maxBodyBytes));
  const app = buildApp({
    ...options,
    ...access,
    service,
    metrics,
    page: page === undefined ? undefined : await listPageFiles(page),
    runs: runsFolder === undefined ? undefined : new WatchedRuns(runsFolder),
    limits: { maxBytes: maxBodyBytes, receiveMs, budget },
    stopping: () => stopping,
  });
  let listener: Listener;
  try {
    listener = await listen(app, { ...options, address: access.address });
  } catch (error) {
    await service.close();
    throw error;
  }
  const { url } = listener;
  const { token, isGenerated } = access;
  if (isGenerated) {
    const detail = 'no token was set: clients need the one in the printed URL, and a new one after a restart';
    log('warn', 'token-generated', { detail });
  } else if (token === undefined && !isLoopback(access.address)) {
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
    pageUrl: isGenerated ? `${url}/#token=${token}` : url,
    workerPids: () => service.workerPids,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function startLocal(options: ServerOptions, metrics: ServerMetrics): Promise<PredictionService> {
  const service = await startService({
    ...options,
    onEvent: (event) => {
      metrics.countWorkerEvent(event);
      options.log('warn', event.kind, { model: event.model, reason: event.reason });
    },
  });
  metrics.watch(service);
  return service;
}

async function openRemote(
  address: QueueAddress,
  { models, queue, timeoutMs, choices, log }: ServerOptions,
  metrics: ServerMetrics,
): Promise<QueueService> {
  const own = await Promise.all(models.map(describeModel));
  const redis = await connect(address, { onNote: (detail) => log('warn', 'queue', { detail }) });
  try {
    const service = await QueueService.open(redis, { own, queue, timeoutMs, choices });
    metrics.watch(service);
    metrics.watchQueues(service);
    return service;
  } catch (error) {
    await disconnect(redis);
    throw error;
  }
}

/** Bytes of a generated token. */
const tokenBytes = 24;

/**
 * Decides who may use the server. Without a token, it is the host that tells its own pages from those of another site
 * that points its domain at the server; a token does not reach such pages, and makes the server usable by any name.
 * @throws MaskRcnnError if the host has no address.
 */
async function accessOf({ host, token: given, allowHosts: names = [] }: ServerOptions) {
  const address = await boundAddress(host);
  const isGenerated = given === undefined && !isLoopback(address);
  const token = isGenerated ? randomBytes(tokenBytes).toString('base64url') : (given ?? undefined);
  const hosts = token === undefined || names.length > 0 ? allowedHosts({ host, address, names }) : undefined;
  return { address, token, isGenerated, hosts };
}
