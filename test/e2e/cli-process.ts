import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a finished process leaves behind. */
export interface Finished {
  /** Exit status; null where a signal ended the process. */
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  /** Added to the environment; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** Is shown the running process, to send it signals. */
  onStart?: (child: ChildProcess) => void;
}

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Runs the command line in a process of its own, from its sources. */
export function runCli(args: readonly string[], options?: RunOptions): Promise<Finished> {
  return runProgram(main, args, options);
}

/** Runs a program of the repository in a process of its own. @param path Its source. */
export function runProgram(
  path: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), path, ...args], {
    cwd: options.cwd,
    env: { ...process.env, MASK_RCNN_DEBUG: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
