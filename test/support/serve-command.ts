import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cliPath } from './built-package.ts';

/** `mask-rcnn serve` as a process of its own. */
export interface ServeCommand {
  child: ChildProcess;
  /** What it printed on stdout. */
  url: string;
  /** Its exit status; null if a signal ended it. */
  ended: Promise<[number | null]>;
  /** The lines of its log so far. */
  log(): { event: string; [field: string]: unknown }[];
}

export interface ServeCommandOptions {
  /** Added to the environment. */
  env?: Record<string, string>;
  /** File descriptor that the log goes to, instead of `log`. */
  stderr?: number;
}

/** Starts `mask-rcnn serve` on a free port, and waits until it listens or has ended. */
export async function startServeCommand(
  model: string,
  args: readonly string[],
  { env, stderr }: ServeCommandOptions = {},
): Promise<ServeCommand> {
  const child = spawn(process.execPath, [cliPath, 'serve', '--model', model, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', stderr ?? 'pipe'],
    env: { ...process.env, ...env },
  });
  let written = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [line] = (await Promise.race([once(child.stdout!, 'data'), ended])) as [Buffer | number];
  const log = () =>
    written
      .split('\n')
      .slice(0, -1)
      .map((text) => JSON.parse(text) as { event: string });
  return { child, url: String(line).trim(), ended, log };
}

/** Process ids of a server's workers, as Linux tells them. */
export function workersOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((child) => child !== '' && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('worker.js'))
    .map(Number);
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
