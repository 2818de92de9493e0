import { UsageError } from '../../core/errors.ts';
import { shownValue } from '../../core/printable.ts';
import { type DecodeOptions, decodePicture } from '../../image/decode.ts';
import { openRegions } from '../../image/open-regions.ts';
import { type Picture, type RawPicture, toPicture } from '../../image/picture.ts';
import { type OpenedRegions, regionsOf } from '../../image/picture-regions.ts';
import type { PictureFile, PictureSource } from '../../image/picture-source.ts';

/**
 * The pixels of a picture, in Node.
 * @param signal Ends a download.
 * @throws InputError where it is missing or damaged; UsageError where it is nothing that Node can read.
 */
export async function decode(source: PictureSource, signal?: AbortSignal): Promise<Picture> {
  const plain = await plainSource(source);
  return isFile(plain) ? decodePicture(...fileOf(plain, source, signal)) : toPicture(plain);
}

/**
 * The same for predicting by tiles: a large file is read in parts.
 * @throws as `decode`.
 */
export async function openInParts(source: PictureSource, signal?: AbortSignal): Promise<OpenedRegions> {
  const plain = await plainSource(source);
  if (isFile(plain)) return openRegions(...fileOf(plain, source, signal));
  const picture = toPicture(plain);
  return { regions: regionsOf(picture), picture };
}

type FileSource = string | Uint8Array | PictureFile;

/** Whether a source is a file or its bytes; else it is pixels. */
export function isFile(source: PlainSource): source is FileSource {
  return typeof source === 'string' || source instanceof Uint8Array || 'file' in source;
}

/** A path, address or bytes, and what to read of it. */
function fileOf(
  plain: FileSource,
  source: PictureSource,
  signal: AbortSignal | undefined,
): [file: string | Uint8Array, options: DecodeOptions] {
  if (typeof plain === 'object' && 'file' in plain) {
    const { file, ...choice } = plain;
    return [file, { ...choice, signal }];
  }
  return [plain, source instanceof File ? { name: source.name, signal } : { signal }];
}

/** The forms of a picture that can be sent to another process. */
export type PlainSource = FileSource | RawPicture | Picture;

/**
 * A path, the bytes of a file, a part of a file or raw pixels.
 * @throws UsageError where it is nothing that Node can read.
 */
export async function plainSource(source: PictureSource): Promise<PlainSource> {
  if (typeof source === 'string' || source instanceof Uint8Array) return source;
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (typeof source === 'object' && source !== null) {
    if ('file' in source || 'channels' in source) return source;
    // ImageData, for which Node has no class.
    if ('data' in source && source.data instanceof Uint8ClampedArray) {
      const { width, height, data } = source;
      return { width, height, data, channels: 4 };
    }
    if ('data' in source && source.data instanceof Uint8Array) return source as Picture;
  }
  throw new UsageError(
    `in Node a picture is a path, the bytes of a file (Uint8Array, Blob) or pixels ({ width, height, data, channels }, ImageData, or what decodePicture gives); got ${shownValue(source)}`,
  );
}
