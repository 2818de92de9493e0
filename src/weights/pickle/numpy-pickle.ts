import type { ByteSource } from '../byte-source.ts';
import { bytesPerElement } from '../stored-dtype.ts';
import type { StorageReader } from '../tensor-view.ts';
import type { PthContent } from '../torch/pth-content.ts';
import { type NumpyArray, numpyGlobals } from './numpy-globals.ts';
import { unpickle } from './pickle.ts';
import { PickleProblem } from './values.ts';

/**
 * Reads a pickle of NumPy arrays, the form in which Detectron2 publishes its models: `{"model": {name: array},
 * "__author__": …}`. The arrays lie inside the pickle, so the file is held in memory until it is closed.
 */
export async function readNumpyPickle(source: ByteSource): Promise<PthContent> {
  const arrays = new Map<string, NumpyArray>();
  const globals = numpyGlobals((key, array) => void arrays.set(key, array));
  const host = {
    globalNamed: (name: string) => globals.get(name),
    persistentLoad: () => {
      throw new PickleProblem('its pickle names a persistent object, which has no place among arrays');
    },
  };
  const { value } = unpickle(await source.read(0, source.size), host);
  const readStorage: StorageReader = async (storage, first, count) => {
    const size = bytesPerElement[storage.dtype];
    const { bytes } = arrays.get(storage.key) as NumpyArray;
    return bytes.subarray(first * size, (first + count) * size);
  };
  return { checkpoint: value, littleEndian: true, readStorage };
}
