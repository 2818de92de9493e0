import type { StorageReader } from './tensor-view.ts';
import type { PickleValue } from './values.ts';

/** A checkpoint in any pickled form: the unpickled object, and access to the bytes of its storages. */
export interface PickledCheckpoint {
  checkpoint: PickleValue;
  /** The byte order of the storages. */
  littleEndian: boolean;
  readStorage: StorageReader;
}
