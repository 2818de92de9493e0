import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FuzzAnswer, FuzzTask } from './fuzz-worker.ts';
import type { FuzzInput } from './input.ts';
import { canary } from './inputs/weights.ts';

/** An input that takes longer is bad. Generous, because the machine may be loaded. */
const maxSeconds = 20;
/** An input that raises the memory of the process by more is bad. The inputs have some kilobytes. */
const maxGrowth = 600 * 2 ** 20;
/** The process is renewed when it has needed this much, so that growth shows. */
const renewAt = 900 * 2 ** 20;

/** A process that reads inputs one after the other, and is started again when one ends it. */
export class FuzzProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  #child: ChildProcess | undefined;
  #memory = 0;

  /** What is wrong with how an input was read; undefined if nothing is. */
  async read(reader: string, input: FuzzInput): Promise<string | undefined> {
    const folder = join(this.#folder, 'input');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [name, content] of Object.entries(input.files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const bad = await this.#ask({ reader, path: join(folder, input.main) });
    return existsSync(join(this.#folder, canary)) ? 'code was executed' : bad;
  }

  close(): void {
    this.#end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ask(task: FuzzTask): Promise<string | undefined> {
    const child = this.#child ?? (await this.#start());
    const answer = await new Promise<FuzzAnswer | string>((resolve) => {
      const timer = setTimeout(() => resolve(`takes more than ${maxSeconds} seconds`), maxSeconds * 1000);
      const settle = (value: FuzzAnswer | string) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(value);
      };
      child.once('message', (message) => settle(message as FuzzAnswer));
      child.once('exit', (status, signal) => settle(`the process ended with ${signal ?? status}`));
      child.send(task);
    });
    if (typeof answer === 'string') {
      this.#end();
      return answer;
    }
    const growth = answer.memory - this.#memory;
    this.#memory = Math.max(this.#memory, answer.memory);
    if (this.#memory > renewAt) this.#end();
    if (answer.bad !== undefined) return answer.bad;
    return growth > maxGrowth ? `needs ${Math.round(growth / 2 ** 20)} MiB` : undefined;
  }

  /** Starts the process and lets it load its modules. */
  async #start(): Promise<ChildProcess> {
    const child = fork(fileURLToPath(new URL('fuzz-worker.ts', import.meta.url)), {
      cwd: this.#folder,
      execArgv: ['--import', import.meta.resolve('tsx'), '--max-old-space-size=1024'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    this.#memory = await new Promise<number>((resolve) => {
      child.once('message', (message) => resolve((message as FuzzAnswer).memory));
      child.send({ reader: 'config', path: 'missing' } satisfies FuzzTask);
    });
    return child;
  }

  #end(): void {
    this.#child?.removeAllListeners();
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
