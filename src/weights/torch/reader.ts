import { InputError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { readNumpyPickle } from '../numpy/reader.ts';
import type { PickledCheckpoint } from '../pickle/pickled-checkpoint.ts';
import { readView } from '../pickle/tensor-view.ts';
import { PickleProblem } from '../pickle/values.ts';
import { type WeightEntry, type WeightFile, weightFile } from '../weight-file.ts';
import { readLegacyPth } from './legacy-form.ts';
import { findStateDict } from './state-dict.ts';
import { readZipPth } from './zip-form.ts';

/** In the metadata: the key of averaged weights, where a checkpoint has others too. */
export const averagedKey = 'averaged weights';

/**
 * Opens a torch checkpoint, in the zip format of `torch.save` or the one before torch 1.6, or a pickle of NumPy arrays,
 * the format of Detectron2's models. It holds a state dict, or a dict with one in it: see `findStateDict`. Nothing in it is executed: see `unpickle`. Tensors are read by range on demand. Closing the
 * result closes the source.
 * @throws InputError that describes the damage, or names what the file refers to and is refused.
 */
export async function readPth(source: ByteSource): Promise<WeightFile> {
  try {
    const { checkpoint, littleEndian, readStorage } = await readContent(source);
    const entries = new Map<string, WeightEntry>();
    const { tensors, averaged } = findStateDict(source.name, checkpoint);
    for (const [key, view] of tensors) {
      const read = () => readView(view, readStorage, littleEndian);
      entries.set(key, { shape: view.shape, dtype: view.storage.dtype, read });
    }
    const metadata = averaged === undefined ? {} : { [averagedKey]: averaged };
    return weightFile(source.name, entries, { metadata, close: () => source.close() });
  } catch (error) {
    if (error instanceof PickleProblem) throw new InputError(source.name, error.message, { cause: error });
    throw error;
  }
}

async function readContent(source: ByteSource): Promise<PickledCheckpoint> {
  const start = await source.read(0, Math.min(4, source.size));
  if (isZip(start)) return readZipPth(source);
  if (isPickle(start)) return isTorchPickle(start) ? readLegacyPth(source) : readNumpyPickle(source);
  throw new InputError(source.name, 'is not a torch checkpoint: neither a zip archive nor a pickle');
}

/** Whether the first object of a pickle is an integer of ten bytes, like torch's magic number. */
function isTorchPickle(start: Uint8Array): boolean {
  return start[2] === 0x8a && start[3] === 0x0a;
}

/** Whether bytes begin with the `PK` of a zip archive. */
export function isZip(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x4b;
}

/** Whether bytes begin like a pickle of protocol 2 … 5. */
export function isPickle(start: Uint8Array): boolean {
  return start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5;
}
