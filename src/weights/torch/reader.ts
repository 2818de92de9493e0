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

/**
 * Opens a torch checkpoint, in the zip form of `torch.save` or in the form before torch 1.6, or a pickle of NumPy
 * arrays, as Detectron2 publishes its models: a state dict, or a
 * dict that holds one under `model`, `state_dict` or `model_state_dict`. Nothing of it is executed: see
 * `unpickle`. Tensors are read by range when asked for. Closing the result closes the source.
 * @throws InputError that says what is wrong, or what the file names that is refused.
 */
export async function readPth(source: ByteSource): Promise<WeightFile> {
  try {
    const { checkpoint, littleEndian, readStorage } = await readContent(source);
    const entries = new Map<string, WeightEntry>();
    for (const [key, view] of findStateDict(source.name, checkpoint)) {
      const read = () => readView(view, readStorage, littleEndian);
      entries.set(key, { shape: view.shape, dtype: view.storage.dtype, read });
    }
    return weightFile(source.name, entries, { close: () => source.close() });
  } catch (error) {
    if (error instanceof PickleProblem) throw new InputError(source.name, error.message, { cause: error });
    throw error;
  }
}

async function readContent(source: ByteSource): Promise<PickledCheckpoint> {
  const start = await source.read(0, Math.min(4, source.size));
  if (isZip(start)) return readZipPth(source);
  if (isPickle(start)) return isTorchPickle(start) ? readLegacyPth(source) : readNumpyPickle(source);
  throw new InputError(source.name, 'is no torch checkpoint: neither a zip archive nor a pickle');
}

/** Whether the first object of a pickle is an integer of ten bytes, as the magic number of torch is. */
function isTorchPickle(start: Uint8Array): boolean {
  return start[2] === 0x8a && start[3] === 0x0a;
}

/** True for the first two bytes of a zip archive, `PK`. */
export function isZip(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x4b;
}

/** True for the first two bytes of a pickle of protocol 2 … 5. */
export function isPickle(start: Uint8Array): boolean {
  return start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5;
}
