import { join } from 'node:path';
import { outputNames } from './output-names.ts';
import { refuseOverwriting } from './overwrite.ts';
import type { GivenPicture } from './pictures.ts';

/**
 * The output file of each picture: its name with another ending in the output folder; see `outputNames`.
 * @param ending Such as `.png`; empty for a folder per picture.
 * @param option The option that names the folder, for messages.
 * @returns In the order of the pictures.
 * @throws UsageError if a file would replace one of the pictures.
 */
export async function outputPaths(
  pictures: readonly GivenPicture[],
  folder: string,
  { option, ending }: { option: string; ending: string },
): Promise<string[]> {
  const paths = outputNames(pictures).map((name) => join(folder, `${name}${ending}`));
  await refuseOverwriting(
    paths.map((path) => ({ option: `${option} ${folder}`, path })),
    pictures.map(({ path }) => path),
  );
  return paths;
}
