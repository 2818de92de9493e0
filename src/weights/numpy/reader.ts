import type { ByteSource } from '../byte-source.ts';
import { bytesPerElement } from '../elements/dtype.ts';
import type { PickledCheckpoint } from '../pickle/pickled-checkpoint.ts';
import type { StorageReader } from '../pickle/tensor-view.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { PickleProblem } from '../pickle/values.ts';
import { type NumpyArray, numpyGlobals } from './globals.ts';

/**
 * Reads a pickle of NumPy arrays, the format of Detectron2's published models: `{"model": {name: array},
 * "__author__": …}`. The arrays are inside the pickle, so the whole file is in memory until it is closed.
 */
export async function readNumpyPickle(source: ByteSource): Promise<PickledCheckpoint> {
  const arrays = new Map<string, NumpyArray>();
  const globals = numpyGlobals((key, array) => void arrays.set(key, array));
  const host = {
    globalNamed: (name: string) => globals.get(name),
    persistentLoad: () => {
      throw new PickleProblem(
        'its pickle refers to a persistent object, which a pickle of arrays does not need',
      );
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
