import { basename, extname, join } from 'node:path';
import { refuseOverwriting } from './overwrite.ts';

/**
 * The output file of each picture: its name with another ending in the output folder, numbered (`-2`, `-3`) if several
 * pictures share a name.
 * @param ending Such as `.png`; empty for a folder per picture.
 * @param option The option that names the folder, for messages.
 * @returns Picture → file, in the order of the pictures.
 * @throws UsageError if a file would replace one of the pictures.
 */
export async function outputPaths(
  pictures: readonly string[],
  folder: string,
  { option, ending }: { option: string; ending: string },
): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  for (const picture of pictures) {
    const stem = basename(picture, extname(picture));
    let name = stem;
    // Some file systems ignore case.
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${stem}-${number}`;
    taken.add(name.toLowerCase());
    paths.set(picture, join(folder, `${name}${ending}`));
  }
  await refuseOverwriting(
    [...paths.values()].map((path) => ({ option: `${option} ${folder}`, path })),
    pictures,
  );
  return paths;
}
