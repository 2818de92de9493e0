import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import type { CocoData } from './coco.ts';
import type { CocoImage } from './types.ts';

/** An image of a data set and its file. */
export interface PictureFile {
  readonly path: string;
  readonly image: CocoImage;
}

/** Maximum number of missing files listed in the error message. */
const maxNamed = 3;

/**
 * The file of every image of a data set, in the data set's order.
 * @param folder The folder of the pictures.
 * @throws InputError if an image has no file name or its file is not in the folder.
 */
export function pictureFiles({ images, source }: CocoData, folder: string): PictureFile[] {
  const files = images.map((image) => {
    if (image.file_name === undefined) throw new InputError(source, `image ${image.id} has no file_name`);
    return { path: join(folder, image.file_name), image };
  });
  const missing = files.filter(({ path }) => !existsSync(path)).map(({ image }) => image.file_name);
  if (missing.length === 0) return files;
  const list = missing.slice(0, maxNamed).join(', ');
  throw new InputError(folder, `is missing ${missing.length} of ${plural(files.length, 'picture')}: ${list}`);
}
