import { messageOf } from '../../core/errors.ts';
import { frameProblem, isTurned } from '../coco/frame.ts';
import { type PictureLocation, pictureAt } from '../coco/picture-location.ts';
import { type Problem, problem } from '../coco/problems.ts';
import { readFrame } from '../coco/read-frame.ts';
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
  location: PictureLocation,
  onProgress?: (done: number, total: number) => void,
): Promise<Problem[]> {
  const found: (Problem | undefined)[] = new Array(images.length).fill(undefined);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < images.length) {
      const index = next++;
      found[index] = await checkPicture(images[index], location);
      onProgress?.(++done, images.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return found.filter((one) => one !== undefined);
}

async function checkPicture(image: CocoImage, location: PictureLocation): Promise<Problem | undefined> {
  const { id, file_name } = image;
  if (file_name === undefined) {
    return problem(
      'missing-field',
      { imageId: id },
      'file_name: expected the name of a picture, got nothing',
    );
  }
  const place = { imageId: id, file: file_name };
  const { path, choice, exists } = pictureAt({ ...image, file_name }, location);
  if (!exists) {
    const message = `expected a picture at ${path}, got no such file`;
    return problem('picture-missing', place, message);
  }
  try {
    const frame = await readFrame(path, choice);
    const message = frameProblem(image, frame);
    if (message === undefined) return undefined;
    return problem(isTurned(image, frame) ? 'picture-rotated' : 'picture-size', place, message);
  } catch (error) {
    return problem('picture-unreadable', place, messageOf(error));
  }
}
