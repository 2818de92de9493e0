import { decodePicture } from '../../image/decode.ts';
import { makeSample, type PictureRecord, type Sample } from './sample.ts';

/**
 * Decodes a picture of a data set and combines it with its annotations, as `makeSample`.
 * @throws InputError naming the picture if it cannot be decoded or does not match its record.
 */
export async function readSample(
  record: PictureRecord,
  mirrored: readonly number[] | null = null,
): Promise<Sample> {
  return makeSample(await decodePicture(record.path, record.choice), record, mirrored);
}
