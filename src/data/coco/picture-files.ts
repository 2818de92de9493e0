import { InputError, MaskRcnnError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import type { PictureSource } from '../../image/picture-source.ts';
import type { CocoData } from './dataset.ts';
import { frameProblem } from './frame.ts';
import { type LocatedPicture, type PictureLocation, pictureAt } from './picture-location.ts';
import { readFrame } from './read-frame.ts';
import type { CocoImage } from './types.ts';

/** An image of a data set and its file. */
export interface PictureFile extends Pick<LocatedPicture, 'path' | 'choice'> {
  readonly image: CocoImage;
}

/** Maximum number of missing files listed in the error message. */
const maxNamed = 3;

/**
 * The file of every image of a data set, in the data set's order.
 * @throws InputError if an image has no file name or its file is not in the folder.
 */
export function pictureFiles(
  { images, source }: Pick<CocoData, 'images' | 'source'>,
  location: PictureLocation,
): PictureFile[] {
  const files = images.map((image) => {
    const { file_name } = image;
    if (file_name === undefined) throw new InputError(source, `image ${image.id} has no file_name`);
    return { ...pictureAt({ ...image, file_name }, location), image };
  });
  const missing = files.filter(({ exists }) => !exists).map(({ image }) => image.file_name);
  if (missing.length === 0) return files;
  const list = missing.slice(0, maxNamed).join(', ');
  throw new InputError(
    location.folder,
    `is missing ${missing.length} of ${plural(files.length, 'picture')}: ${list}`,
  );
}

/** The picture as models take it. */
export function sourceOf({ path, choice }: Pick<PictureFile, 'path' | 'choice'>): PictureSource {
  return { file: path, ...choice };
}

/** Headers read concurrently. */
const concurrency = 16;

/**
 * Checks that pictures have the sizes for which their annotations were made, by their headers.
 * @param unreadable What happens to files that cannot be read: `leave` them to whoever reads them, or `refuse` them.
 * @throws InputError that names the first picture of another size, or that is refused.
 */
export async function checkFrames(
  pictures: readonly PictureFile[],
  unreadable: 'leave' | 'refuse',
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < pictures.length) {
      const { path, choice, image } = pictures[next++];
      const frame = await readFrame(path, choice).catch((error: unknown) => {
        if (unreadable === 'leave' && error instanceof MaskRcnnError) return image;
        throw error;
      });
      const problem = frameProblem(image, frame);
      if (problem !== undefined) throw new InputError(path, problem);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
