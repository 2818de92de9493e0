import { readdir, stat } from 'node:fs/promises';
import { extname, isAbsolute, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { InputError } from '../core/errors.ts';

/** Extensions of the pictures in a folder; a file given explicitly may have any. */
const pictureExtensions = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.avif', '.gif'];

/**
 * The pictures that command line arguments refer to: a file stands for itself (also if it does not exist,
 * which is reported when its turn comes), a folder for the pictures directly in it, a pattern for the files
 * that match.
 * @returns Paths without duplicates; those of a folder or a pattern in alphabetical order.
 * @throws InputError if a folder or a pattern yields nothing.
 */
export async function findPictures(args: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const arg of args) for (const path of await expand(arg)) found.add(path);
  return [...found];
}

async function expand(arg: string): Promise<string[]> {
  // An existing path is not a pattern, even if its name contains brackets.
  const entry = await stat(arg).catch(() => null);
  if (entry?.isDirectory()) return picturesIn(arg);
  if (entry || !isDynamicPattern(arg)) return [arg];
  // A backslash escapes in patterns; on Windows it is meant as a path separator.
  const pattern = process.platform === 'win32' ? arg.replaceAll('\\', '/') : arg;
  const matches = await glob(pattern, { absolute: isAbsolute(arg), expandDirectories: false });
  if (matches.length === 0) throw new InputError(arg, 'no file matches this pattern');
  return matches.sort();
}

async function picturesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const pictures = entries
    .filter((entry) => !entry.isDirectory() && pictureExtensions.includes(extname(entry.name).toLowerCase()))
    .map((entry) => join(folder, entry.name));
  if (pictures.length > 0) return pictures.sort();
  const deeper = entries.some((entry) => entry.isDirectory())
    ? `; to search its subfolders, use the pattern '${join(folder, '**', '*.jpg')}'`
    : '';
  throw new InputError(folder, `contains no pictures (${pictureExtensions.join(' ')})${deeper}`);
}
