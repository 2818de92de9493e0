import type { PickleValue } from '../pickle/values.ts';
import type { StorageReader } from '../tensor-view.ts';

/** What both forms of a checkpoint come to: the unpickled object, and a way to the bytes of its storages. */
export interface PthContent {
  checkpoint: PickleValue;
  /** Byte order of the storages. */
  littleEndian: boolean;
  readStorage: StorageReader;
}
