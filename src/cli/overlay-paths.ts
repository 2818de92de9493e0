import { realpath } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { UsageError } from '../core/errors.ts';

/**
 * The overlay file for each picture: its name with `.png` in the output folder, numbered (`-2`, `-3`) if
 * several pictures share a name.
 * @returns Picture → file, in the order of the pictures.
 * @throws UsageError if an overlay would replace one of the pictures.
 */
export async function overlayPaths(
  pictures: readonly string[],
  folder: string,
): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  for (const picture of pictures) {
    const stem = basename(picture, extname(picture));
    let name = stem;
    // Some file systems ignore case.
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${stem}-${number}`;
    taken.add(name.toLowerCase());
    paths.set(picture, join(folder, `${name}.png`));
  }
  const realFolder = await realpath(folder).catch(() => resolve(folder));
  const originals = new Set(
    await Promise.all(pictures.map((path) => realpath(path).catch(() => resolve(path)))),
  );
  for (const path of paths.values()) {
    if (originals.has(join(realFolder, basename(path)))) {
      throw new UsageError(`--out ${folder} would replace the picture ${path}; choose another folder`);
    }
  }
  return paths;
}
