import { type ChildProcess, spawn } from 'node:child_process';
import { cliPath } from './built-package.ts';

/** The result of a finished process. */
export interface Finished {
  /** Exit status; null if a signal ended the process. */
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  /** Added to the environment; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** Called with the running process, to send it signals. */
  onStart?: (child: ChildProcess) => void;
}

/** Runs `mask-rcnn` as it is published, in a process of its own. */
export function runCli(args: readonly string[], options?: RunOptions): Promise<Finished> {
  return runProcess(process.execPath, [cliPath, ...args], options);
}

/** Runs a TypeScript program of the repository in a process of its own. @param path Its source. */
export function runProgram(path: string, args: readonly string[], options?: RunOptions): Promise<Finished> {
  return runProcess(process.execPath, ['--import', import.meta.resolve('tsx'), path, ...args], options);
}

/** Runs a program in a process of its own. */
export function runProcess(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const child = spawn(program, args, {
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
