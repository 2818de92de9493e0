import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { InputError } from '../core/errors.ts';
import { unreadable } from '../core/node/file-errors.ts';
import { isFolder } from '../core/node/is-folder.ts';
import { isHidden, pictureExtensions } from '../image/picture-names.ts';
import { parseS3 } from '../queue/permissions.ts';
import { listObjects, s3Address } from '../queue/s3.ts';
import { findPictures } from './pictures.ts';

export interface PictureStreamOptions {
  /** Whether folders stand for the pictures in their subfolders too. */
  readonly recursive: boolean;
  /** A file of one picture per line; `-`: stdin. */
  readonly list: string | undefined;
}

/**
 * The pictures that arguments and a list refer to, in the order of `findPictures`, one after the other: only the names
 * of one folder, or the matches of one pattern, are held in memory.
 * @throws InputError if an argument or the list yields nothing or cannot be read.
 */
export async function* streamPictures(
  args: readonly string[],
  { recursive, list }: PictureStreamOptions,
): AsyncGenerator<string> {
  for (const arg of args) {
    const s3 = parseS3(arg);
    let found = 0;
    for await (const path of s3 ? objectsUnder(s3) : pathsOf(arg, recursive)) {
      found++;
      yield path;
    }
    if (found === 0) throw new InputError(arg, `contains no pictures (${pictureExtensions.join(' ')})`);
  }
  if (list !== undefined) yield* linesOf(list);
}

async function* pathsOf(arg: string, recursive: boolean): AsyncGenerator<string> {
  if (await isFolder(arg)) yield* picturesIn(arg, recursive);
  else for (const { path } of await findPictures([arg])) yield path;
}

/** Sorted as whole paths are: the separator counts as part of a folder's name. */
async function* picturesIn(folder: string, recursive: boolean): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter(({ name }) => !isHidden(name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  for (const name of names) {
    if (name.endsWith('/')) {
      if (recursive) yield* picturesIn(join(folder, name.slice(0, -1)), recursive);
    } else if (isPicture(name)) yield join(folder, name);
  }
}

async function* objectsUnder({ bucket, key }: { bucket: string; key: string }): AsyncGenerator<string> {
  for await (const entry of listObjects(bucket, key)) {
    if ('key' in entry && isPicture(entry.key)) yield s3Address({ bucket, key: entry.key });
  }
}

function isPicture(name: string): boolean {
  return pictureExtensions.includes(extname(name).toLowerCase());
}

async function* linesOf(list: string): AsyncGenerator<string> {
  const input = list === '-' ? process.stdin : createReadStream(list);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() !== '') yield line;
    }
  } catch (error) {
    throw unreadable(list, error);
  }
}
