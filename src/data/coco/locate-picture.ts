import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/**
 * The file that a name in a data set stands for. Names come from other systems: where the folder has no file of exactly that
 * name, `\` counts as `/`, accented letters may be composed (NFC) or decomposed (NFD), an absolute path stands for its
 * longest end that exists, and a name may begin with the name of the folder itself.
 * @param folder The folder of the pictures.
 * @returns A path relative to the folder, with `/` unless the name itself exists; undefined if there is no such file.
 */
export function locatePicture(folder: string, name: string): string | undefined {
  const slashed = name.replaceAll('\\', '/');
  const own = `${basename(resolve(folder))}/`;
  const within = slashed.startsWith(own) ? [slashed.slice(own.length)] : [];
  const paths = isAbsoluteAnywhere(slashed) ? endsOf(slashed) : [slashed, ...within];
  return firstFile(folder, [name, ...paths]);
}

/**
 * As `locatePicture`, for names that were relative to another folder, such as that of an earlier command: each stands for
 * its longest end that exists.
 */
export function locateEnd(folder: string, name: string): string | undefined {
  return firstFile(folder, [name, ...endsOf(name.replaceAll('\\', '/'))]);
}

function firstFile(folder: string, paths: readonly string[]): string | undefined {
  const candidates = paths.flatMap((path) => [path, path.normalize('NFC'), path.normalize('NFD')]);
  return candidates.find((candidate) => existsSync(join(folder, candidate)));
}

/** Whether a path with `/` is absolute on any system. */
export function isAbsoluteAnywhere(path: string): boolean {
  return /^([A-Za-z]:)?\//.test(path);
}

/** `/a/b/c` → `a/b/c`, `b/c`, `c`. */
function endsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && !part.endsWith(':'));
  return parts.map((_, first) => parts.slice(first).join('/'));
}
