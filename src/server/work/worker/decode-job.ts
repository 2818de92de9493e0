import { InputError } from '../../../core/errors.ts';
import { maxSide } from '../../../core/picture-limits.ts';
import { decodePicture, pictureSize } from '../../../image/decode.ts';
import type { Picture } from '../../../image/picture.ts';
import type { Job, JobAnswer } from '../job.ts';

/** Stands for the name of a picture that has none, in error messages and results. */
export const namelessPicture = 'picture';

/** Decodes a job's picture. Its size is checked by the file's header, before anything is decompressed. */
export async function decodeJob(
  { picture, fileName, plane }: Pick<Job, 'picture' | 'fileName' | 'plane'>,
  maxPixels: number,
): Promise<Picture | Extract<JobAnswer, { outcome: 'refused' }>> {
  const name = fileName ?? namelessPicture;
  try {
    const { width, height } = await pictureSize(picture, { name, ...plane });
    const isTooLong = Math.max(width, height) > maxSide;
    if (isTooLong || width * height > maxPixels) {
      const limit = isTooLong ? `${maxSide} per side` : `the limit of ${maxPixels}`;
      const detail = `${name}: has ${width}×${height} pixels, more than ${limit}`;
      return { outcome: 'refused', problem: 'picture-too-large', detail };
    }
    return await decodePicture(picture, { name, maxPixels, ...plane });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { outcome: 'refused', problem: 'damaged-picture', detail: error.message };
  }
}
