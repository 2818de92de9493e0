import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { InputError, messageOf } from '../core/errors.ts';
import type { QueueAddress } from './address.ts';
import { optionalPackage, queuePackages } from './optional-package.ts';

/** Milliseconds between two attempts to connect. */
const retryMs = 1000;

/** A connection to the server of a queue. */
export type QueueConnection = Redis;

export interface ConnectOptions {
  /** Whether to wait for a server that cannot be reached yet, rather than fail. */
  readonly patient?: boolean;
  /** Called with each line that a user should see: that the connection is lost, and that it is back. */
  readonly onNote: (line: string) => void;
  /** Ends the wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects to a server. Later interruptions are waited out: commands are sent once the server is back.
 * @throws InputError that names the address where it cannot be reached or refuses the credentials; MaskRcnnError where
 *   the client is not installed; the reason of the signal.
 */
export async function connect(address: QueueAddress, options: ConnectOptions): Promise<Redis> {
  const { patient = false, onNote, signal } = options;
  const { Redis } = await optionalPackage('ioredis', '--queue', () => import('ioredis'), queuePackages);
  for (let waits = false; ; waits = true) {
    signal?.throwIfAborted();
    let ready = false;
    const { host, port, db, username, password, tls } = address;
    const client = new Redis({
      host,
      port,
      db,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls ? { tls: {} } : {}),
      lazyConnect: true,
      maxRetriesPerRequest: null,
      retryStrategy: () => (ready ? retryMs : null),
    });
    let reason: unknown = null;
    client.on('error', (error: Error) => {
      reason = error;
    });
    try {
      await client.connect();
      // Also selected by the client, which then continues with database 0 where there is no such database.
      if (db === 0) await client.ping();
      else await client.select(db);
      ready = true;
      reportInterruptions(client, address, onNote);
      return client;
    } catch (error) {
      client.disconnect();
      const cause = reason ?? error;
      if (!patient || !isNetworkError(cause)) throw unreachable(address, cause);
      if (!waits) onNote(`${address.shown}: cannot be reached (${detailOf(cause)}); waiting for it`);
      await sleep(retryMs);
    }
  }
}

/** Ends a connection once its commands are answered; at once where the server is away. */
export async function disconnect(client: Redis): Promise<void> {
  if (client.status === 'ready') await client.quit().catch(() => {});
  client.disconnect();
}

function reportInterruptions(client: Redis, { shown }: QueueAddress, onNote: (line: string) => void): void {
  let lost = false;
  client.on('reconnecting', () => {
    if (!lost) onNote(`${shown}: connection lost; waiting for the server`);
    lost = true;
  });
  client.on('ready', () => {
    if (lost) onNote(`${shown}: connected again`);
    lost = false;
  });
}

function unreachable({ shown }: QueueAddress, cause: unknown): InputError {
  const detail = detailOf(cause);
  return new InputError(shown, `cannot be used as a queue (${detail})${remedyFor(detail)}`, { cause });
}

function remedyFor(detail: string): string {
  if (/NOAUTH|WRONGPASS|invalid password|without any password/i.test(detail))
    return '; MASK_RCNN_QUEUE_PASSWORD holds the password';
  if (/DB index|not an integer|SELECT/i.test(detail))
    return '; the number of a database that the server has ends the address, such as /0';
  if (/certificate/i.test(detail)) return '; NODE_EXTRA_CA_CERTS names the file of a private authority';
  return '';
}

/** The code, such as ECONNREFUSED, where the message of several attempts is empty. */
function detailOf(cause: unknown): string {
  return messageOf(cause) || String((cause as NodeJS.ErrnoException).code);
}

/** As against a refusal by the server. */
function isNetworkError(cause: unknown): boolean {
  const { code = '', message = '' } = cause as NodeJS.ErrnoException;
  return /^E[A-Z_]+$/.test(code) || /Connection is closed|LOADING/.test(message);
}
