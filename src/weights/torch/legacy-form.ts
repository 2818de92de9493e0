import { InputError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import type { ByteSource } from '../byte-source.ts';
import { bytesPerElement, type StoredDtype } from '../elements/dtype.ts';
import type { PickledCheckpoint } from '../pickle/pickled-checkpoint.ts';
import { isCount, type StorageReader, type StorageRef } from '../pickle/tensor-view.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { PickleProblem, PickleTruncated, type PickleValue } from '../pickle/values.ts';
import { storageOf, torchGlobal } from './globals.ts';

/** The first object of the file (`torch.serialization.MAGIC_NUMBER`). */
const magicNumber = 0x1950a86a20f9469cfc6cn;

/** The second object of the file. */
const protocolVersion = 1001;

/** The pickles before the storages are read in windows of doubling size; a state dict needs about 50 KB. */
const firstWindowBytes = 2 ** 18;
const maxPickleBytes = 32 * 2 ** 20;

/**
 * Reads the format of `torch.save` before torch 1.6, in which torchvision's files of 2019 are published: five pickles
 * – magic number, protocol version, machine, checkpoint, keys of the storages – and then the storages in the order of
 * those keys, each as its number of elements (int64) and its elements, little-endian.
 */
export async function readLegacyPth(source: ByteSource): Promise<PickledCheckpoint> {
  const { checkpoint, storages, keys, end } = await readPickles(source);
  const offsets = await locateStorages(source, { storages, keys, start: end });
  const readStorage: StorageReader = async (storage, first, count) => {
    const size = bytesPerElement[storage.dtype];
    return source.read(offsets.get(storage.key)! + first * size, count * size);
  };
  return { checkpoint, littleEndian: true, readStorage };
}

interface Pickles {
  checkpoint: PickleValue;
  /** Every storage that the checkpoint refers to. */
  storages: ReadonlyMap<string, StorageRef>;
  keys: string[];
  /** Offset of the byte after the pickles. */
  end: number;
}

async function readPickles(source: ByteSource): Promise<Pickles> {
  for (let window = firstWindowBytes; ; window *= 2) {
    const length = Math.min(window, source.size, maxPickleBytes);
    try {
      return parsePickles(await source.read(0, length));
    } catch (error) {
      const more = length < source.size && length < maxPickleBytes;
      if (!(error instanceof PickleTruncated && more)) throw error;
    }
  }
}

function parsePickles(bytes: Uint8Array): Pickles {
  const storages = new Map<string, StorageRef>();
  let end = 0;
  const next = (): PickleValue => {
    const result = unpickle(
      bytes,
      { globalNamed: torchGlobal, persistentLoad: (id) => note(storages, id) },
      end,
    );
    end = result.end;
    return result.value;
  };
  if (next() !== magicNumber) throw new PickleProblem('is a pickle, but torch.save did not write it');
  const version = next();
  if (version !== protocolVersion)
    throw new PickleProblem(`has torch's file version ${version}, expected 1001`);
  next();
  const checkpoint = next();
  const keys = next();
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw new PickleProblem('damaged: its list of storages is not a list of keys');
  }
  return { checkpoint, storages, keys, end };
}

/** Records the storage of a persistent id. All references to a key must agree, since offsets depend on the lengths. */
function note(storages: Map<string, StorageRef>, id: PickleValue): StorageRef {
  const storage = storageOf(id);
  const whole = Array.isArray(id) && isCount(id[4]!) ? id[4] : storage.elements;
  const known = storages.get(storage.key);
  if (known && (known.elements !== whole || known.dtype !== storage.dtype)) {
    throw new PickleProblem(`storage ${printable(storage.key)} is described in two ways`);
  }
  storages.set(storage.key, { ...storage, start: 0, elements: whole });
  return storage;
}

/** Key → offset of the first element. */
async function locateStorages(
  source: ByteSource,
  {
    storages,
    keys,
    start,
  }: { storages: ReadonlyMap<string, StorageRef>; keys: readonly string[]; start: number },
): Promise<Map<string, number>> {
  const offsets = new Map<string, number>();
  let at = start;
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage) throw new InputError(source.name, `damaged: no tensor uses its storage ${printable(key)}`);
    const prefix = await source.read(at, 8);
    const elements = new DataView(prefix.buffer).getBigInt64(0, true);
    if (elements !== BigInt(storage.elements)) {
      throw new InputError(
        source.name,
        `damaged: storage ${printable(key)} has ${elements} elements at byte ${at}, expected ${storage.elements}`,
      );
    }
    offsets.set(key, at + 8);
    at += 8 + byteLength(storage.dtype, storage.elements);
    if (at > source.size) {
      throw new InputError(
        source.name,
        `truncated: storage ${printable(key)} ends at byte ${at}, the file has ${source.size}`,
      );
    }
  }
  for (const key of storages.keys()) {
    if (!offsets.has(key))
      throw new InputError(source.name, `damaged: storage ${printable(key)} is not in the file`);
  }
  return offsets;
}

function byteLength(dtype: StoredDtype, elements: number): number {
  return bytesPerElement[dtype] * elements;
}
