import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { MaskRcnnError, messageOf } from '../core/errors.ts';
import { buildApp } from './http/app.ts';
import { BodyBudget } from './http/body-budget.ts';
import type { Log } from './http/json-log.ts';
import { ServerMetrics } from './http/metrics.ts';
import { Problem, problemKinds, problemMediaType } from './http/problem.ts';
import { listPageFiles } from './page/page-files.ts';
import { RunFolder } from './runs/run-folder.ts';
import { type ServedModel, startService } from './work/service.ts';

export interface ServerOptions {
  models: readonly ServedModel[];
  /** Workers of each model. */
  workers: number;
  /** Pictures that may wait for each model. */
  queue: number;
  host: string;
  /** 0 takes any that is free. */
  port: number;
  maxBodyBytes: number;
  maxPixels: number;
  /** Milliseconds for an answer, from the arrival of the whole body. */
  timeoutMs: number;
  /** Milliseconds for a request's header, and again for its body, to arrive. */
  receiveMs: number;
  token?: string | undefined;
  cors?: string | undefined;
  /** Whose training runs may be followed. */
  runsFolder?: string | undefined;
  /** The folder of the built web page; none is served where it is left out or empty. */
  page?: string | undefined;
  log: Log;
  /** Of the package. */
  version: string;
}

/** A server that answers. */
export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  url: string;
  /** Process ids of the workers that are running now. */
  workerPids(): number[];
  /** Answers what was accepted, refuses the rest, and ends within `timeoutMs` and a second. */
  stop(): Promise<void>;
}

/** Bodies in memory at once, in bytes, unless a single one may be larger. */
const bodyBudget = 512e6;

/**
 * Loads the models and listens.
 * @throws what `startService` throws; MaskRcnnError where the address cannot be had.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { log, maxBodyBytes, receiveMs, timeoutMs } = options;
  let stopping = false;
  const metrics = new ServerMetrics();
  const service = await startService({
    ...options,
    onEvent: (model, event) => {
      metrics.countWorkerEvent(model, event.kind);
      log('warn', event.kind, { model, reason: event.reason });
    },
  });
  metrics.watch(service);
  const budget = new BodyBudget(Math.max(bodyBudget, 2 * maxBodyBytes));
  const app = buildApp({
    ...options,
    service,
    metrics,
    page: options.page === undefined ? undefined : await listPageFiles(options.page),
    runs: options.runsFolder === undefined ? undefined : new RunFolder(options.runsFolder),
    limits: { maxBytes: maxBodyBytes, receiveMs, budget },
    stopping: () => stopping,
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: receiveMs,
      // Bodies have a deadline of their own that answers better; this one is for what bypasses it.
      requestTimeout: 3 * receiveMs,
      connectionsCheckingInterval: Math.min(1000, receiveMs),
    },
  }) as Server;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    refuseConnection(error, socket, log);
  });
  try {
    await listen(server, options);
  } catch (error) {
    await service.close();
    throw error;
  }
  const url = addressOf(server);
  if (options.token === undefined && !isLoopback(server)) {
    log('warn', 'unprotected', { detail: 'every machine that reaches this address may use it; see --token' });
  }
  log('info', 'listening', { url, models: service.models.map(({ name }) => name) });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    stopping = true;
    log('info', 'stopping');
    await closeServer(server, timeoutMs + 1000);
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

async function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new MaskRcnnError(`cannot listen on ${host} port ${port}: ${messageOf(error)}`));
    });
    server.listen(port, host, resolve);
  });
}

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function isLoopback(server: Server): boolean {
  const { address } = server.address() as AddressInfo;
  return address === '::1' || address.startsWith('127.');
}

/** Waits until every request is answered, but not for ever. */
async function closeServer(server: Server, graceMs: number): Promise<void> {
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(deadline);
}

/** Answers what never became a request: a header that is malformed, too long or too slow. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket, log: Log): void {
  const gone = error.code === 'ECONNRESET' || error.code === 'HPE_INVALID_EOF_STATE';
  if (!socket.writable || gone) {
    socket.destroy();
    return;
  }
  const problem = problemOf(error);
  log('info', 'refused', { problem: problem.kind, detail: problem.message });
  const body = JSON.stringify(problem.toDocument());
  const head = [
    `HTTP/1.1 ${problem.status} ${problemKinds[problem.kind].title}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problemOf({ code, message }: NodeJS.ErrnoException): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem('slow-client', 'the request did not arrive in time');
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('header-too-large', 'the header is too large');
  return new Problem('bad-request', message);
}
