import { baseName, type NamedFile } from '../files/named-files.ts';
import type { CocoData, EncodePicture } from '../product.ts';

/** Encodes the pictures of a data set from the chosen files, for the report; null for those that are not among them. */
export function pictureEncoder(files: readonly NamedFile[], dataset: CocoData): EncodePicture {
  const byPath = new Map(files.map(({ path, file }) => [path, file]));
  const byName = new Map(files.map(({ path, file }) => [baseName(path), file]));
  return async (imageId, width, height) => {
    const path = dataset.image(imageId)?.file_name;
    const file = path === undefined ? undefined : (byPath.get(path) ?? byName.get(baseName(path)));
    return file ? encode(file, width, height) : null;
  };
}

/** A data URI; null if the browser cannot read the picture. */
async function encode(file: File, width: number, height: number): Promise<string | null> {
  const options = { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' } as const;
  const bitmap = await createImageBitmap(file, options).catch(() => null);
  if (!bitmap) return null;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
  const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.82 });
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(jpeg);
  });
}
