import type { StorageReader } from './tensor-view.ts';
import type { PickleValue } from './values.ts';

/** What both forms of a checkpoint come to: the unpickled object, and a way to the bytes of its storages. */
export interface PickledCheckpoint {
  checkpoint: PickleValue;
  /** Byte order of the storages. */
  littleEndian: boolean;
  readStorage: StorageReader;
}
