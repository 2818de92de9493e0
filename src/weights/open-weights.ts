import { openFileSource } from './file-source.ts';
import { isPickle, isZip, readPth } from './pth-reader.ts';
import { readSafetensors } from './safetensors-reader.ts';
import type { WeightFile } from './weight-file.ts';

/**
 * Opens a weight file of any known format, told by its first bytes: `.safetensors`, or `.pth` in either form.
 * The caller closes it.
 * @throws InputError where it does not exist, is none of these, or is damaged.
 */
export async function openWeights(path: string): Promise<WeightFile> {
  const source = await openFileSource(path);
  try {
    const start = await source.read(0, Math.min(2, source.size));
    return isZip(start) || isPickle(start) ? await readPth(source) : await readSafetensors(source);
  } catch (error) {
    await source.close();
    throw error;
  }
}
