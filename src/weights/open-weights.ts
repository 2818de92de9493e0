import { InputError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { openFileSource } from './file-source.ts';
import { readSafetensors } from './safetensors/reader.ts';
import type { WeightFile } from './weight-file.ts';

const sniffedBytes = 24;

/**
 * Opens a weight file of any known format, detected by its first bytes: `.safetensors`, `.pth` in either form, or a
 * `.pkl` of NumPy arrays. The caller closes it.
 * @throws InputError where the file does not exist, has another format, or is damaged.
 */
export async function openWeights(path: string): Promise<WeightFile> {
  const source = await openFileSource(path);
  try {
    const start = await source.read(0, Math.min(sniffedBytes, source.size));
    // Safetensors first: with a header of 640 bytes it begins like a pickle.
    if (isSafetensors(start)) return await readSafetensors(source);
    const { isPickle, isZip, readPth } = await import('./torch/reader.ts');
    if (isZip(start) || isPickle(start)) return await readPth(source);
    const shown = printable(new TextDecoder('latin1').decode(start));
    throw new InputError(path, `is neither a torch checkpoint nor safetensors (it begins with "${shown}")`);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Eight bytes for the length of the header, the last of which are zero for any plausible length, then JSON. */
function isSafetensors(start: Uint8Array): boolean {
  const openingBrace = 0x7b;
  return start[8] === openingBrace && start.subarray(5, 8).every((byte) => byte === 0);
}
