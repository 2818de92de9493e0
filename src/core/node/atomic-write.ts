import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError, unwritable } from './file-errors.ts';
import { addLeftover, dropLeftover } from './leftovers.ts';

/** Writes content into an open file. */
type Write = (file: FileHandle) => Promise<void>;

/**
 * Writes a file atomically: a reader sees either all of it or nothing. The content is written to a temporary file in
 * the same folder and synced to the disk, and the file is renamed. Links are followed; devices and pipes, which cannot
 * be replaced, are written to directly.
 * @param content The content itself, or a function that receives the open file.
 * @throws InputError that names `path` where it cannot be written. The temporary file is then removed.
 */
export async function writeAtomically(path: string, content: string | Uint8Array | Write): Promise<void> {
  const write: Write = typeof content === 'function' ? content : (file) => file.writeFile(content);
  try {
    const existing = await stat(path).catch(() => null);
    if (existing && !existing.isFile()) await writeTo(path, 'w', write);
    else await replace(existing ? await realpath(path) : path, write);
  } catch (error) {
    throw isSystemError(error) ? unwritable(path, error) : error;
  }
}

async function replace(path: string, write: Write): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  addLeftover(temporary);
  try {
    await writeTo(temporary, 'wx', async (file) => {
      await write(file);
      await file.sync();
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    dropLeftover(temporary);
  }
}

async function writeTo(path: string, flags: string, write: Write): Promise<void> {
  const file = await open(path, flags);
  try {
    await write(file);
  } finally {
    await file.close();
  }
}

/** Removes temporary files of `path` that a killed process left behind. No process may be writing it. */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder);
  const leftovers = names.filter((name) => isTemporaryOf(basename(path), name));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
}

function isTemporaryOf(file: string, name: string): boolean {
  return name.startsWith(`.${file}.`) && /^[0-9a-f]{8}\.tmp$/.test(name.slice(file.length + 2));
}
