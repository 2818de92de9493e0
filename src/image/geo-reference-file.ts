import { open } from 'node:fs/promises';
import { InputError, messageOf } from '../core/errors.ts';
import { type GeoReference, parseGeoReference } from './geo-reference.ts';

/**
 * The georeference of a picture file: the transform and reference system of a GeoTIFF. Only its tags are read.
 * @param source A path, or the bytes of a file.
 * @returns Null where the file has no transform, as most pictures.
 * @throws InputError where the file cannot be read.
 * @example
 * ```ts
 * import { readGeoReference } from 'mask-rcnn';
 *
 * const georeference = await readGeoReference('photo.jpg');
 * console.log(georeference?.epsg ?? 'no reference system');
 * ```
 */
export async function readGeoReference(source: string | Uint8Array): Promise<GeoReference | null> {
  if (typeof source !== 'string') {
    return parseGeoReference(async (offset, length) => source.subarray(offset, offset + length));
  }
  try {
    const file = await open(source);
    try {
      return await parseGeoReference(async (offset, length) => {
        // A damaged file can name any offset.
        if (!Number.isSafeInteger(offset)) return new Uint8Array(0);
        const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      });
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new InputError(source, `cannot be read (${messageOf(error)})`, { cause: error });
  }
}
