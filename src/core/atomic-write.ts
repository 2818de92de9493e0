import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError, messageOf } from './errors.ts';

/** Temporary files that this process has not finished. */
const unfinished = new Set<string>();

/**
 * Writes a file so that a reader sees the whole of it or nothing: the bytes go to a temporary name in the
 * same folder, reach the disk, and are renamed.
 * @param write Receives the open temporary file; or the content itself.
 * @throws InputError that names `path` where it cannot be written. The temporary file is then gone.
 */
export async function writeAtomically(
  path: string,
  write: string | Uint8Array | ((file: FileHandle) => Promise<void>),
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  unfinished.add(temporary);
  try {
    const file = await open(temporary, 'wx');
    try {
      if (typeof write === 'function') await write(file);
      else await file.writeFile(write);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (isSystemError(error))
      throw new InputError(path, `cannot be written (${messageOf(error)})`, { cause: error });
    throw error;
  } finally {
    unfinished.delete(temporary);
  }
}

/** The temporary files of writes in progress, for a signal handler to delete. */
export function unfinishedFiles(): readonly string[] {
  return [...unfinished];
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
