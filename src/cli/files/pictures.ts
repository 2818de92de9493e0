import { readdir, stat } from 'node:fs/promises';
import { basename, extname, isAbsolute, join, relative, sep } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { isPictureAddress } from '../../image/fetch-picture.ts';
import { isHidden, pictureExtensions, unreadableExtension } from '../../image/picture-names.ts';

/** A picture that the command line refers to. */
export interface GivenPicture {
  /** A path, or an http(s) address. */
  readonly path: string;
  /** For the names of outputs: the path within the folder or pattern given, with `/`; else the file's name. */
  readonly name: string;
}

export interface FindOptions {
  /** Whether folders stand for the pictures in their subfolders too. */
  readonly recursive?: boolean | undefined;
  /** Called with each line that a user should see. */
  readonly onNote?: (line: string) => void;
}

/**
 * The pictures that command line arguments refer to: a file stands for itself (also if it does not exist, which is reported
 * when its turn comes), as does an http(s) address; a folder for its pictures, without hidden files; a pattern for the files
 * that match.
 * @returns Without duplicates; those of a folder or a pattern in alphabetical order.
 * @throws InputError if a folder or a pattern yields nothing.
 */
export async function findPictures(
  args: readonly string[],
  options: FindOptions = {},
): Promise<GivenPicture[]> {
  const found = new Map<string, GivenPicture>();
  for (const arg of args) {
    for (const picture of await expand(arg, options)) {
      if (!found.has(picture.path)) found.set(picture.path, picture);
    }
  }
  return [...found.values()];
}

async function expand(arg: string, options: FindOptions): Promise<GivenPicture[]> {
  if (isPictureAddress(arg)) return [{ path: arg, name: nameInAddress(arg) }];
  // An existing path is not a pattern, even if its name contains brackets.
  const entry = await stat(arg).catch(() => null);
  if (entry?.isDirectory()) return picturesIn(arg, options);
  const asItIs = [{ path: arg, name: basename(arg) }];
  if (entry) return asItIs;
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(arg)) return asItIs;
  // A backslash escapes in patterns; on Windows it is meant as a path separator.
  const pattern = process.platform === 'win32' ? arg.replaceAll('\\', '/') : arg;
  const matches = await glob(pattern, { absolute: isAbsolute(arg), expandDirectories: false });
  if (matches.length === 0) throw new InputError(arg, 'no file matches this pattern');
  const parts = pattern.split('/');
  const base = parts
    .slice(
      0,
      parts.findIndex((part) => isDynamicPattern(part)),
    )
    .join('/');
  return matches.sort().map((path) => ({ path, name: nameWithin(base, path) }));
}

async function picturesIn(
  folder: string,
  { recursive = false, onNote }: FindOptions,
): Promise<GivenPicture[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !isHidden(relative(folder, path)));
  const pictures = files.filter((path) => pictureExtensions.includes(extname(path).toLowerCase()));
  const unreadable = unreadableIn(files);
  if (pictures.length === 0) {
    const deeper = entries.some((entry) => entry.isDirectory())
      ? '; --recursive searches its subfolders'
      : '';
    const others = unreadable === undefined ? '' : `; ${unreadable}`;
    throw new InputError(folder, `contains no pictures (${pictureExtensions.join(' ')})${others}${deeper}`);
  }
  if (unreadable !== undefined) onNote?.(`${folder}: ${unreadable}`);
  return pictures.sort().map((path) => ({ path, name: nameWithin(folder, path) }));
}

/** What to say about the files whose format cannot be read; undefined if there are none. */
function unreadableIn(files: readonly string[]): string | undefined {
  return describeUnreadable(files.flatMap((path) => unreadableExtension(path) ?? []));
}

/** What to say about files that cannot be read, by their extensions; undefined if there are none. */
export function describeUnreadable(extensions: readonly string[]): string | undefined {
  if (extensions.length === 0) return undefined;
  const kinds = [...new Set(extensions)].join(', ');
  return `left out ${plural(extensions.length, 'file')} that cannot be read (${kinds}); convert them to PNG or TIFF`;
}

function nameWithin(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}

/** The last part of an address's path, without characters that file systems reserve. */
function nameInAddress(address: string): string {
  const last = new URL(address).pathname.split('/').at(-1) ?? '';
  const name = decodeURIComponent(last.replace(/%(?![\da-f]{2})/gi, '%25'));
  return name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '_') || 'picture';
}
