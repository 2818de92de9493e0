import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cliPath } from './built-package.ts';

/** `mask-rcnn worker` in processes of their own, each started again when it dies. */
export class QueueWorkers {
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  readonly #children: ChildProcess[] = [];
  #stopping = false;
  /** Their stderr. */
  log = '';
  /** How often one was killed, by `kill` or by a picture. */
  deaths = 0;

  constructor(workers: number, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#args = args;
    this.#env = env;
    for (let i = 0; i < workers; i++) this.#start(i);
  }

  /** Kills one with SIGKILL. */
  kill(index: number): void {
    this.#children[index].kill('SIGKILL');
  }

  /** Ends all with SIGTERM. @returns Their exit statuses. */
  async stop(): Promise<(number | null)[]> {
    this.#stopping = true;
    return Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
        const closed = once(child, 'close') as Promise<[number | null]>;
        child.kill('SIGTERM');
        return (await closed)[0];
      }),
    );
  }

  #start(index: number): void {
    const child = spawn(process.execPath, [cliPath, 'worker', ...this.#args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, MASK_RCNN_DEBUG: '', ...this.#env },
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    child.on('exit', (_, signal) => {
      if (this.#stopping) return;
      this.deaths++;
      if (signal === 'SIGKILL') this.#start(index);
    });
    this.#children[index] = child;
  }
}
