import { basename, extname, join } from 'node:path';
import { refuseOverwriting } from './overwrite.ts';

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
  await refuseOverwriting(
    [...paths.values()].map((path) => ({ option: `--out ${folder}`, path })),
    pictures,
  );
  return paths;
}
