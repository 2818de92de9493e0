import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A process that answers each line of JSON with a line of JSON. */
export class JsonLines {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /** @param environment Added to this process's environment. */
  constructor(command: string, args: readonly string[], environment: Record<string, string> = {}) {
    const env = { ...process.env, ...environment };
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts a TypeScript program of this folder. */
  static program(name: string, ...args: readonly string[]): JsonLines {
    const path = join(import.meta.dirname, name);
    return new JsonLines(process.execPath, ['--import', 'tsx', path, ...args]);
  }

  /** Sends a request and waits for the answer. */
  async ask<Answer>(request: object): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.answer();
  }

  /** The next line that the process prints. */
  async answer<Answer>(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('a measured process ended before it answered');
    const answer = JSON.parse(value);
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  }

  /** Ends the process immediately. */
  kill(): void {
    this.#child.kill();
  }
}
