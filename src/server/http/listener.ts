import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Hono } from 'hono';
import { MaskRcnnError, messageOf, stackOf } from '../../core/errors.ts';
import { Problem, problemKinds, problemMediaType } from '../api/problem.ts';
import type { AppEnv } from './context.ts';
import type { Log } from './json-log.ts';

export interface ListenOptions {
  /** An IP address. */
  address: string;
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
  /** Stops listening and waits until every request is answered, but at most `graceMs` milliseconds. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves an app over HTTP. What never becomes a request of the app is answered here, with problem documents too.
 * @throws MaskRcnnError if it cannot listen on the address.
 */
export async function listen(app: Hono<AppEnv>, options: ListenOptions): Promise<Listener> {
  const { address, port, receiveMs, log } = options;
  const refuse = (problem: Problem) => {
    log('info', 'refused', { problem: problem.kind, detail: problem.message });
    return serialize(problem);
  };
  const answer = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      const { status, headers, body } = refuse(problemOfRequest(error, log));
      return new Response(body, { status, headers });
    },
  });
  const settings = {
    headersTimeout: receiveMs,
    // `readBody` has its own deadline and a better response; this one is for bodies that nobody reads.
    requestTimeout: 3 * receiveMs,
    connectionsCheckingInterval: Math.min(1000, receiveMs),
    // Node would answer without a body.
    requireHostHeader: false,
  };
  const server = createServer(settings, answer);
  server.on('checkExpectation', ({ headers: { expect } }: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = refuse(
      new Problem('expectation-failed', `Expect: ${expect}; the only supported value is 100-continue`),
    );
    response.writeHead(status, headers).end(body);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const gone = error.code === 'ECONNRESET' || error.code === 'HPE_INVALID_EOF_STATE';
    if (!socket.writable || gone) socket.destroy();
    else socket.end(rawResponse(refuse(problemOfConnection(error))));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new MaskRcnnError(`cannot listen on ${address} port ${port}: ${messageOf(error)}`));
    });
    server.listen(port, address, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
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

/** A problem as a response of its own. */
interface ProblemMessage {
  status: number;
  title: string;
  headers: Record<string, string>;
  body: string;
}

function serialize(problem: Problem): ProblemMessage {
  const body = JSON.stringify(problem.toDocument());
  const headers = {
    'content-type': problemMediaType,
    'content-length': String(Buffer.byteLength(body)),
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
  return { status: problem.status, title: problemKinds[problem.kind].title, headers, body };
}

function rawResponse({ status, title, headers, body }: ProblemMessage): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${title}`, ...lines, '', body].join('\r\n');
}

/** Why a request did not reach the app: a missing or malformed `Host`, or a malformed path. */
function problemOfRequest(error: unknown, log: Log): Problem {
  if (error instanceof RequestError) return new Problem('bad-request', error.message);
  log('error', 'failed', { error: stackOf(error) });
  return new Problem('internal', "see the server's log");
}

/** Why data never became a request: a header that is malformed, too large or too slow. */
function problemOfConnection({ code, message }: NodeJS.ErrnoException): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem('slow-client', 'the request did not arrive in time');
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem('header-too-large', 'the request header is too large');
  return new Problem('bad-request', message);
}
