import { InputError } from '../core/errors.ts';
import { openFileSource } from './file-source.ts';
import { printable } from './printable.ts';
import { readSafetensors } from './safetensors/reader.ts';
import { isPickle, isZip, readPth } from './torch/reader.ts';
import type { WeightFile } from './weight-file.ts';

const sniffedBytes = 24;

/**
 * Opens a weight file of any known format, told by its first bytes: `.safetensors`, or `.pth` in either form.
 * The caller closes it.
 * @throws InputError where it does not exist, is none of these, or is damaged.
 */
export async function openWeights(path: string): Promise<WeightFile> {
  const source = await openFileSource(path);
  try {
    const start = await source.read(0, Math.min(sniffedBytes, source.size));
    // First, since a header of 640 bytes begins as a pickle does.
    if (isSafetensors(start)) return await readSafetensors(source);
    if (isZip(start) || isPickle(start)) return await readPth(source);
    const shown = printable(new TextDecoder('latin1').decode(start));
    throw new InputError(path, `is neither a torch checkpoint nor safetensors (it begins with "${shown}")`);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Eight bytes for the length of the header, of which the last are zero unless it is absurd, and then JSON. */
function isSafetensors(start: Uint8Array): boolean {
  const openingBrace = 0x7b;
  return start[8] === openingBrace && start.subarray(5, 8).every((byte) => byte === 0);
}
