import { UsageError } from '../core/errors.ts';

/** Where a queue is: a database of a Redis or Valkey server. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Whether the connection is encrypted. */
  readonly tls: boolean;
  /** The address without credentials, for messages. */
  readonly shown: string;
}

const expected = 'expected redis://HOST:PORT, or rediss://HOST:PORT for TLS';

/**
 * Reads `redis://[user[:password]@]host[:port][/database]`, or `rediss://…` for TLS.
 * @param environment Its `MASK_RCNN_QUEUE_PASSWORD` is the password of an address without one.
 * @throws UsageError that does not repeat credentials.
 */
export function parseQueueAddress(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new UsageError(`--queue ${withoutCredentials(text)}: ${expected}`);
  }
  const port = url.port === '' ? 6379 : Number(url.port);
  const shown = `${url.protocol}//${url.hostname}:${port}${url.pathname === '/' ? '' : url.pathname}`;
  if (!/^\/?\d*$/.test(url.pathname)) {
    throw new UsageError(`--queue ${shown}: expected the number of a database after the host, such as /0`);
  }
  return {
    // A URL has an IPv6 address in brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    db: Number(url.pathname.slice(1)),
    username: decoded(url.username, shown) || undefined,
    password: decoded(url.password, shown) || environment.MASK_RCNN_QUEUE_PASSWORD || undefined,
    tls: url.protocol === 'rediss:',
    shown,
  };
}

/** @throws UsageError, which does not repeat it, where a `%` of a user name or password is not part of an escape. */
function decoded(text: string, shown: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    const what = 'a % in the user name or password is not part of an escape';
    const remedy = 'write %25 for it, or set MASK_RCNN_QUEUE_PASSWORD';
    throw new UsageError(`--queue ${shown}: ${what}; ${remedy}`, { cause: error });
  }
}

function withoutCredentials(text: string): string {
  return text.replace(/^([a-z]*:\/\/)?.*@/i, '$1');
}
