import { unreadable } from '../core/node/file-errors.ts';
import { type GeoReference, geoReferenceOf } from './geo-reference.ts';
import { readTiffDirectories } from './tiff/directory.ts';

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
  try {
    const [directory] = await readTiffDirectories(source, 1);
    return directory === undefined ? null : geoReferenceOf(directory);
  } catch (error) {
    if (typeof source !== 'string') throw error;
    throw unreadable(source, error);
  }
}
