import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { InputError } from '../../core/errors.ts';
import { unreadable } from '../../core/node/file-errors.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { isHidden, pictureExtensions, unreadableExtension } from '../../image/picture-names.ts';
import { parseS3 } from '../../queue/permissions.ts';
import { listObjects, s3Address } from '../../queue/s3.ts';
import { describeUnreadable, findPictures } from '../files/pictures.ts';
import { eachOnce } from './each-once.ts';

export interface PictureStreamOptions {
  /** Whether folders stand for the pictures in their subfolders too. */
  readonly recursive: boolean;
  /** A file of one picture per line; `-`: stdin. */
  readonly list: string | undefined;
  /** Called with each line that a user should see. */
  readonly onNote?: (line: string) => void;
}

/**
 * The pictures that arguments and a list refer to, in the order of `findPictures` and like there each once, one after the
 * other: only the names of one folder, or the matches of one pattern, are held in memory, and where several arguments or a
 * list could repeat a picture, 16 bytes of each.
 * @throws InputError if an argument or the list yields nothing or cannot be read.
 */
export function streamPictures(
  args: readonly string[],
  options: PictureStreamOptions,
): AsyncGenerator<string> {
  const paths = pathsOfAll(args, options);
  return args.length === 1 && options.list === undefined ? paths : eachOnce(paths);
}

async function* pathsOfAll(
  args: readonly string[],
  { recursive, list, onNote }: PictureStreamOptions,
): AsyncGenerator<string> {
  for (const arg of args) {
    const s3 = parseS3(arg);
    const left: LeftOut = { unreadable: [], hasFolders: false };
    let found = 0;
    for await (const path of s3 ? objectsUnder(s3, left) : pathsOf(arg, recursive, left)) {
      found++;
      yield path;
    }
    const unreadable = describeUnreadable(left.unreadable);
    if (found === 0) {
      const others = unreadable === undefined ? '' : `; ${unreadable}`;
      const deeper = left.hasFolders ? '; --recursive searches its subfolders' : '';
      throw new InputError(arg, `contains no pictures (${pictureExtensions.join(' ')})${others}${deeper}`);
    }
    if (unreadable !== undefined) onNote?.(`${arg}: ${unreadable}`);
  }
  if (list === undefined) return;
  let listed = 0;
  for await (const line of linesOf(list)) {
    listed++;
    yield line;
  }
  if (listed === 0) throw new InputError(`--list ${list}`, 'expected a picture on each line, got none');
}

/** What a folder or bucket has besides pictures. */
interface LeftOut {
  /** Extensions of files in formats that cannot be read. */
  readonly unreadable: string[];
  hasFolders: boolean;
}

async function* pathsOf(arg: string, recursive: boolean, left: LeftOut): AsyncGenerator<string> {
  if (await isFolder(arg)) yield* picturesIn(arg, recursive, left);
  else for (const { path } of await findPictures([arg])) yield path;
}

/** Sorted as whole paths are: the separator counts as part of a folder's name. */
async function* picturesIn(folder: string, recursive: boolean, left: LeftOut): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter(({ name }) => !isHidden(name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  for (const name of names) {
    if (name.endsWith('/')) {
      if (recursive) yield* picturesIn(join(folder, name.slice(0, -1)), recursive, left);
      else left.hasFolders = true;
    } else if (isPicture(name, left)) yield join(folder, name);
  }
}

async function* objectsUnder(
  { bucket, key }: { bucket: string; key: string },
  left: LeftOut,
): AsyncGenerator<string> {
  for await (const entry of listObjects(bucket, key)) {
    if ('key' in entry && isPicture(entry.key, left)) yield s3Address({ bucket, key: entry.key });
  }
}

/** By the name; one of a picture in a format that cannot be read is added to what is left out. */
function isPicture(name: string, left: LeftOut): boolean {
  if (pictureExtensions.includes(extname(name).toLowerCase())) return true;
  const extension = unreadableExtension(name);
  if (extension !== undefined) left.unreadable.push(extension);
  return false;
}

/** Without a byte order mark, and white space at the ends of lines, which editors and other systems leave. */
async function* linesOf(list: string): AsyncGenerator<string> {
  let isFirst = true;
  const input = list === '-' ? process.stdin : createReadStream(list);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const path = (isFirst ? line.replace(/^\ufeff/, '') : line).trimEnd();
      isFirst = false;
      if (path.trim() !== '') yield path;
    }
  } catch (error) {
    throw unreadable(list, error);
  }
}
