import { decodePicture } from '../../image/decode.ts';
import { type Picture, type RawPicture, toPicture } from '../../image/picture.ts';

/** What a model takes for a picture in Node: a path, the bytes of a picture file, or pixels. */
export type PictureSource = string | Uint8Array | RawPicture;

/** The pixels of a picture. @throws InputError where it is missing or damaged. */
export async function decode(source: PictureSource): Promise<Picture> {
  return typeof source === 'string' || source instanceof Uint8Array
    ? decodePicture(source)
    : toPicture(source);
}
