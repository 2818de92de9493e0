import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { pictureSize } from '../../image/decode.ts';
import { type Problem, problem } from '../coco/problems.ts';
import type { CocoImage } from '../coco/types.ts';

/** Headers read concurrently. */
const concurrency = 16;

/**
 * Compares the picture files in a folder with the data set's image records. Only headers are read.
 * @param onProgress Called after each picture with the number checked so far.
 * @returns Problems in the order of `images`.
 */
export async function checkPictures(
  images: readonly CocoImage[],
  folder: string,
  onProgress?: (done: number, total: number) => void,
): Promise<Problem[]> {
  const found: (Problem | undefined)[] = new Array(images.length).fill(undefined);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < images.length) {
      const index = next++;
      found[index] = await checkPicture(images[index], folder);
      onProgress?.(++done, images.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return found.filter((one) => one !== undefined);
}

async function checkPicture(image: CocoImage, folder: string): Promise<Problem | undefined> {
  const { id, width, height, file_name } = image;
  if (file_name === undefined) {
    return problem(
      'missing-field',
      { imageId: id },
      'file_name: expected the name of a picture, got nothing',
    );
  }
  const place = { imageId: id, file: file_name };
  const path = join(folder, file_name);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return problem('picture-missing', place, `expected a picture at ${path}, got no such file`);
  try {
    const actual = await pictureSize(path);
    if (actual.width === width && actual.height === height) return undefined;
    const got = `got a picture of ${actual.width}×${actual.height}`;
    if (actual.width === height && actual.height === width) {
      const hint = 'with its EXIF orientation applied; were the annotations drawn on the unrotated picture?';
      return problem('picture-rotated', place, `expected ${width}×${height} pixels, ${got}, ${hint}`);
    }
    return problem('picture-size', place, `expected ${width}×${height} pixels, ${got}`);
  } catch (error) {
    return problem('picture-unreadable', place, messageOf(error));
  }
}
