import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../bench/free-port.ts';

/** Where `.ci/run` installs moto, a server that speaks the protocol of S3. */
const executable = process.env.MOTO_SERVER ?? join(import.meta.dirname, '../../.cache/moto/bin/moto_server');

/** Whether an S3 server is installed; says so where it is not. */
export function hasS3Server(what: string): boolean {
  const found = existsSync(executable);
  if (!found) console.warn(`SKIPPED: ${what} (no moto_server in .cache/moto; .ci/run installs it)`);
  return found;
}

/** An S3 server of a test, on a free port of this machine. */
export class S3Server {
  readonly endpoint: string;
  readonly #child: ChildProcess;

  private constructor(port: number) {
    this.endpoint = `http://127.0.0.1:${port}`;
    this.#child = spawn(executable, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  }

  static async start(): Promise<S3Server> {
    const server = new S3Server(await freePort());
    for (let tries = 0; !(await server.#answers()); tries++) {
      if (tries > 300) throw new Error(`moto_server does not answer at ${server.endpoint}`);
      await pause(100);
    }
    return server;
  }

  /** The environment in which AWS's client uses this server. */
  get env(): Record<string, string> {
    return { AWS_ENDPOINT_URL: this.endpoint, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    if (this.#child.kill('SIGKILL')) await ended;
  }

  #answers(): Promise<boolean> {
    return fetch(this.endpoint).then(
      () => true,
      () => false,
    );
  }
}
