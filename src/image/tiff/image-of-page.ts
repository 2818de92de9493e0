import { firstOf, type TiffDirectory } from './tags.ts';
import { openTiffFile } from './tiff-file.ts';

/**
 * One of the images that follow each other in the data of a page, as ImageJ saves stacks of more than 4 GB: the file up to
 * the data, and the data of this image instead of the first.
 * @param image From 0.
 * @returns The bytes of a file; undefined where the page is compressed, or the image is not in the file.
 * @throws What opening or reading the file throws.
 */
export async function imageOfPage(
  source: string | Uint8Array,
  directory: TiffDirectory,
  image: number,
): Promise<Uint8Array | undefined> {
  const { dataAt } = directory;
  const length = plainBytes(directory);
  if (length === undefined) return undefined;
  const at = dataAt + image * length;
  const file = await openTiffFile(source);
  try {
    if (at + length > file.size) return undefined;
    const bytes = new Uint8Array(dataAt + length);
    await file.readInto(bytes.subarray(0, dataAt), 0);
    await file.readInto(bytes.subarray(dataAt), at);
    return bytes;
  } finally {
    await file.close();
  }
}

/** Whether another image follows the first in the data of a page. */
export function holdsFollowingImage(directory: TiffDirectory): boolean {
  const length = plainBytes(directory);
  return length !== undefined && 2 * length <= directory.dataBytes;
}

/** Bytes of an image without compression; undefined where the page is compressed, in planes or in tiles. */
function plainBytes(directory: TiffDirectory): number | undefined {
  const isPlain = firstOf(directory, 'compression') === 1 && firstOf(directory, 'planarConfiguration') === 1;
  if (!isPlain || directory.dataAt === 0) return undefined;
  const bits = firstOf(directory, 'bitsPerSample') * firstOf(directory, 'samplesPerPixel');
  return Math.ceil((firstOf(directory, 'width') * bits) / 8) * firstOf(directory, 'height');
}
