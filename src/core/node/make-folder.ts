import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, messageOf } from '../errors.ts';

/**
 * Creates a folder and its missing parents. (Node's own `recursive` never returns for a path under `/proc`, where
 * creating a folder fails as if the parent were missing.)
 * @throws InputError that names `path` where it cannot be created.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await make(path);
  } catch (error) {
    throw new InputError(path, problemOf(error), { cause: error });
  }
}

function problemOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return 'is a file, not a folder';
  if (code === 'ENOTDIR') return 'cannot be created, because part of its path is a file';
  return `cannot create folder (${messageOf(error)})`;
}

async function make(path: string): Promise<void> {
  const error = await tryMake(path);
  if (error?.code === 'ENOENT' && dirname(path) !== path) {
    await make(dirname(path));
    const again = await tryMake(path);
    if (again) throw again;
  } else if (error) {
    throw error;
  }
}

/** Null where the folder exists afterwards. */
async function tryMake(path: string): Promise<NodeJS.ErrnoException | null> {
  return mkdir(path).then(
    () => null,
    async (error: NodeJS.ErrnoException) =>
      // Unlike `isFolder`, it fails for a link that leads nowhere, with the reason.
      error.code === 'EEXIST' && (await stat(path)).isDirectory() ? null : error,
  );
}
