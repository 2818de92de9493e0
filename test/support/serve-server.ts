import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { HealthBody } from '../../src/server/api/schemas.ts';
import type { RunningServer, ServerOptions } from '../../src/server/start-server.ts';
import { packageFolder } from './built-package.ts';

const server: typeof import('../../src/server/start-server.ts') = await import(
  pathToFileURL(join(packageFolder, 'dist', 'server', 'start-server.js')).href
);

/** A server of the built package in this process, with worker processes of its own, on a free port. */
export interface TestServer extends RunningServer {
  /** The events of its log. */
  log: { event: string; [field: string]: unknown }[];
}

/** @param model A model file. */
export async function startTestServer(
  model: string,
  options: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const log: TestServer['log'] = [];
  const running = await server.startServer({
    models: [{ name: 'tiny', file: model }],
    workers: 2,
    queue: 4,
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 2e6,
    maxPixels: 1e6,
    timeoutMs: 30_000,
    receiveMs: 10_000,
    log: (level, event, fields) => void log.push({ level, event, ...fields }),
    version: '0.0.0',
    ...options,
  });
  return { ...running, log };
}

export interface SendOptions {
  path?: string;
  query?: string;
  headers?: Record<string, string>;
}

/** Sends a picture as the body. */
export function sendPicture(
  url: string,
  picture: Uint8Array,
  { path = '/v1/predict', query = '', headers = {} }: SendOptions = {},
): Promise<Response> {
  return fetch(`${url}${path}${query}`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', ...headers },
    body: new Uint8Array(picture),
  });
}

/** The answer of /healthz. */
export async function healthOf(url: string): Promise<HealthBody> {
  return (await (await fetch(`${url}/healthz`)).json()) as HealthBody;
}

/** Asks /healthz until its only model is as wanted; gives up after 30 s. */
export async function untilHealth(
  url: string,
  wanted: (model: HealthBody['models'][number]) => boolean,
): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (wanted((await healthOf(url)).models[0])) return;
    await sleep(50);
  }
  throw new Error('the server did not come to the wanted state');
}
