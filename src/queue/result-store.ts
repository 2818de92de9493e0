import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../core/node/atomic-write.ts';
import { readIfThere, unreadable } from '../core/node/file-errors.ts';
import { makeFolder } from '../core/node/make-folder.ts';

/** Where the results of a run are: a folder that all machines see, or a bucket. Names of files have `/` in them. */
export interface ResultStore {
  /** As the user named it. */
  readonly shown: string;
  /** The content of a file; null where there is none. @throws InputError where it cannot be read. */
  read(name: string): Promise<string | null>;
  /** Writes a file: a reader sees all of it or nothing. @throws InputError where it cannot be written. */
  write(name: string, content: string): Promise<void>;
  /** The names of the files in a folder, in no particular order; none where there is no such folder. */
  filesIn(folder: string): Promise<string[]>;
  /** The names of the folders in a folder. */
  foldersIn(folder: string): Promise<string[]>;
}

/** A folder as a store. @param shown As the user named it. */
export function folderStore(path: string, shown: string = path): ResultStore {
  const entries = async (folder: string): Promise<Dirent[]> =>
    readdir(join(path, folder), { withFileTypes: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw unreadable(shown, error);
    });
  return {
    shown,
    read: async (name) => (await readIfThere(join(path, name), `${shown}/${name}`))?.toString('utf8') ?? null,
    async write(name, content) {
      const file = join(path, name);
      await makeFolder(dirname(file));
      await writeAtomically(file, content);
    },
    filesIn: async (folder) =>
      (await entries(folder)).filter((entry) => entry.isFile()).map(({ name }) => name),
    foldersIn: async (folder) =>
      (await entries(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name),
  };
}
