import { join } from 'node:path';
import { outputNames } from './output-names.ts';
import { refuseOverwriting } from './overwrite.ts';
import type { GivenPicture } from './pictures.ts';

/**
 * The overlay file for each picture, a PNG in the output folder; see `outputNames`.
 * @returns In the order of the pictures.
 * @throws UsageError if an overlay would replace one of the pictures.
 */
export async function overlayPaths(pictures: readonly GivenPicture[], folder: string): Promise<string[]> {
  const paths = outputNames(pictures).map((name) => join(folder, `${name}.png`));
  await refuseOverwriting(
    paths.map((path) => ({ option: `--out ${folder}`, path })),
    pictures.map(({ path }) => path),
  );
  return paths;
}
