import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError, UsageError } from '../core/errors.ts';
import { withLock } from '../core/node/lock.ts';
import { runFiles } from './folder.ts';

/** @throws UsageError if the folder contains a run. */
export function refuseRunIn(folder: string): void {
  if (existsSync(join(folder, runFiles.checkpoint))) {
    throw new UsageError(`${folder} already contains a run; resume it or choose another folder`);
  }
}

/**
 * Runs `work` while no other process trains in the folder.
 * @throws InputError if one does.
 */
export function withRunLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  return withLock(join(folder, runFiles.lock), work, {
    whileWaiting: async ({ host, pid }) => {
      const where = host === hostname() ? '' : ` on ${host}`;
      throw new InputError(
        folder,
        `process ${pid}${where} is training in this folder; wait until it has ended, or choose another folder`,
      );
    },
  });
}
