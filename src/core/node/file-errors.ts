import { readFile } from 'node:fs/promises';
import { InputError, messageOf } from '../errors.ts';

/** Whether the operating system refused something, such as to open a file. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** The error for a file that cannot be read. @param name What messages call it. */
export function unreadable(name: string, error: unknown): InputError {
  return new InputError(name, `cannot be read (${messageOf(error)})`, { cause: error });
}

/** The same for one that cannot be written. */
export function unwritable(name: string, error: unknown): InputError {
  return new InputError(name, `cannot be written (${messageOf(error)})`, { cause: error });
}

/**
 * The bytes of a file, or null where there is none.
 * @param name What messages call it.
 * @throws InputError where it cannot be read.
 */
export async function readIfThere(path: string, name: string = path): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unreadable(name, error);
  });
}
