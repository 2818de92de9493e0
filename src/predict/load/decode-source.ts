import { UsageError } from '../../core/errors.ts';
import { decodePicture } from '../../image/decode.ts';
import { type Picture, type RawPicture, toPicture } from '../../image/picture.ts';
import type { PictureFile, PictureSource } from '../../image/picture-source.ts';

/**
 * The pixels of a picture, in Node.
 * @throws InputError where it is missing or damaged; UsageError where it is nothing that Node can read.
 */
export async function decode(source: PictureSource): Promise<Picture> {
  const plain = await plainSource(source);
  if (typeof plain === 'string' || plain instanceof Uint8Array) {
    const name = source instanceof File ? source.name : undefined;
    return decodePicture(plain, name ? { name } : {});
  }
  if ('file' in plain) {
    const { file, ...choice } = plain;
    return decodePicture(file, choice);
  }
  return toPicture(plain);
}

/** The forms of a picture that can be sent to another process. */
export type PlainSource = string | Uint8Array | PictureFile | RawPicture;

/**
 * A path, the bytes of a file, a part of a file or raw pixels.
 * @throws UsageError where it is nothing that Node can read.
 */
export async function plainSource(source: PictureSource): Promise<PlainSource> {
  if (typeof source === 'string' || source instanceof Uint8Array) return source;
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if ('file' in source || 'channels' in source) return source;
  // ImageData, for which Node has no class.
  if ('data' in source && source.data instanceof Uint8ClampedArray) {
    const { width, height, data } = source;
    return { width, height, data, channels: 4 };
  }
  throw new UsageError(
    'in Node a picture is a path, the bytes of a file (Uint8Array, Blob) or pixels (RawPicture, ImageData)',
  );
}
