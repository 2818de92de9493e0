import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { MaskRcnnError, messageOf } from '../../core/errors.ts';
import { Problem, problemKinds, problemMediaType } from '../api/problem.ts';
import type { AppEnv } from './context.ts';
import type { Log } from './json-log.ts';

export interface ListenOptions {
  host: string;
  /** 0 picks a free port. */
  port: number;
  /** Milliseconds within which a request's header has to arrive. */
  receiveMs: number;
  log: Log;
}

/** A listening HTTP server. */
export interface Listener {
  /** `http://127.0.0.1:8080` */
  url: string;
  isLoopback: boolean;
  /** Stops listening and waits until every request is answered, but at most `graceMs` milliseconds. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves an app over HTTP.
 * @throws MaskRcnnError if it cannot listen on the address.
 */
export async function listen(app: Hono<AppEnv>, options: ListenOptions): Promise<Listener> {
  const { host, port, receiveMs, log } = options;
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: receiveMs,
      // `readBody` has its own deadline and a better response; this one is for bodies that nobody reads.
      requestTimeout: 3 * receiveMs,
      connectionsCheckingInterval: Math.min(1000, receiveMs),
    },
  }) as Server;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    refuseConnection(error, socket, log);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new MaskRcnnError(`cannot listen on ${host} port ${port}: ${messageOf(error)}`));
    });
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    isLoopback: bound.address === '::1' || bound.address.startsWith('127.'),
    close: (graceMs) => closeServer(server, graceMs),
  };
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(deadline);
}

/** Responds to data that never became a request: a header that is malformed, too large or too slow. */
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
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem('header-too-large', 'the request header is too large');
  return new Problem('bad-request', message);
}
