import { isMainThread } from 'node:worker_threads';

/** Set in the environment of worker processes whose announcements another process makes. */
const silenced = 'MASK_RCNN_ANNOUNCED';

let delegated = false;

/** Writes a line about the whole program to stderr, once for all of its threads and worker processes. */
export function announce(line: string): void {
  if (isMainThread && process.env[silenced] === undefined) process.stderr.write(`mask-rcnn: ${line}\n`);
  delegated = true;
}

/** The environment of the next worker process: only the first may announce, and only what this process has not. */
export function workerEnvironment(): NodeJS.ProcessEnv {
  const environment = delegated ? { ...process.env, [silenced]: '1' } : process.env;
  delegated = true;
  return environment;
}
