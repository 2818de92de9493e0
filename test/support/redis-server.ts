import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect as openSocket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../bench/free-port.ts';

const executable = '/usr/bin/redis-server';

/** Whether a Redis server is installed; says so where it is not. */
export function hasRedis(what: string): boolean {
  const found = existsSync(executable);
  if (!found) console.warn(`SKIPPED: ${what} (${executable} is not installed)`);
  return found;
}

/** Files of a certificate that no authority has signed. */
export interface Certificate {
  certificate: string;
  key: string;
}

/** Makes a certificate for 127.0.0.1; null, said aloud, where OpenSSL is not installed. */
export function makeCertificate(folder: string, what: string): Certificate | null {
  const [certificate, key] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-out', certificate, '-keyout', key];
  try {
    execFileSync('openssl', ['req', '-x509', '-days', '2', ...curve, ...names, ...files], {
      stdio: 'ignore',
    });
  } catch (error) {
    console.warn(`SKIPPED: ${what} (${String(error)})`);
    return null;
  }
  return { certificate, key };
}

export interface RedisServerOptions {
  /** Folder of its files. */
  folder: string;
  /** Whether what it holds survives a restart. Default false. */
  durable?: boolean;
  password?: string;
  /** Takes encrypted connections, and no others. */
  certificate?: Certificate;
}

/** A Redis server of a test, on a free port of this machine. */
export class RedisServer {
  readonly port: number;
  readonly #options: RedisServerOptions;
  #child: ChildProcess;

  private constructor(port: number, options: RedisServerOptions) {
    this.port = port;
    this.#options = options;
    this.#child = this.#spawn();
  }

  static async start(options: RedisServerOptions): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.#listening();
    return server;
  }

  get address(): string {
    return `${this.#options.certificate ? 'rediss' : 'redis'}://127.0.0.1:${this.port}`;
  }

  /** Ends it as `kill -9` does, and starts it again with what it has on the disk. @param awayMs Time in between. */
  async restart(awayMs: number): Promise<void> {
    await this.stop();
    await pause(awayMs);
    this.#child = this.#spawn();
    await this.#listening();
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    if (!this.#child.kill('SIGKILL')) return;
    await ended;
  }

  #spawn(): ChildProcess {
    const { folder, durable = false, password, certificate } = this.#options;
    const settings = {
      ...(certificate ? tlsSettings(this.port, certificate) : { port: this.port }),
      bind: '127.0.0.1',
      dir: folder,
      save: '',
      appendonly: durable ? 'yes' : 'no',
      appendfsync: 'always',
      daemonize: 'no',
      ...(password === undefined ? {} : { requirepass: password }),
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return spawn(executable, args, { stdio: 'ignore' });
  }

  async #listening(): Promise<void> {
    for (let tries = 0; !(await canConnect(this.port)); tries++) {
      if (tries > 200) throw new Error(`redis-server does not listen on port ${this.port}`);
      await pause(50);
    }
  }
}

function tlsSettings(port: number, { certificate, key }: Certificate) {
  return {
    port: 0,
    'tls-port': port,
    'tls-cert-file': certificate,
    'tls-key-file': key,
    'tls-auth-clients': 'no',
  };
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
