import { InputError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import type { ByteSource } from '../byte-source.ts';
import { bytesPerElement } from '../elements/dtype.ts';
import type { PickledCheckpoint } from '../pickle/pickled-checkpoint.ts';
import type { StorageReader, StorageRef } from '../pickle/tensor-view.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { crc32 } from '../zip/crc32.ts';
import { contentOffset, readZipDirectory, type ZipEntry } from '../zip/reader.ts';
import { storageOf, torchGlobal } from './globals.ts';

/** A state dict of 10,000 tensors takes about 3 MB. */
const maxPickleBytes = 32 * 2 ** 20;

/**
 * Reads the format of `torch.save` since torch 1.6: an archive of `NAME/data.pkl`, a file `NAME/data/KEY` for each
 * storage, and (since 2.1) `NAME/byteorder`.
 */
export async function readZipPth(source: ByteSource): Promise<PickledCheckpoint> {
  const directory = await readZipDirectory(source);
  const pickle = [...directory.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (!pickle)
    throw new InputError(source.name, 'is a zip archive without data.pkl, so torch.save did not write it');
  const root = pickle.name.slice(0, -'data.pkl'.length);
  if (directory.has(`${root}constants.pkl`)) {
    throw new InputError(source.name, 'is a TorchScript archive; save the state_dict() of its model instead');
  }
  const { value } = unpickle(await readWhole(source, pickle), {
    globalNamed: torchGlobal,
    persistentLoad: storageOf,
  });
  const littleEndian = await readByteOrder(source, directory.get(`${root}byteorder`));
  return { checkpoint: value, littleEndian, readStorage: storageReader(source, directory, root) };
}

async function readWhole(source: ByteSource, entry: ZipEntry): Promise<Uint8Array> {
  if (entry.size > maxPickleBytes) {
    throw new InputError(
      source.name,
      `${printable(entry.name)} has ${entry.size} bytes, at most ${maxPickleBytes} are read`,
    );
  }
  const bytes = await source.read(await contentOffset(source, entry), entry.size);
  checkCrc(source, entry, bytes);
  return bytes;
}

async function readByteOrder(source: ByteSource, entry: ZipEntry | undefined): Promise<boolean> {
  if (!entry) return true;
  const order = new TextDecoder().decode(await readWhole(source, entry));
  if (order !== 'little' && order !== 'big') {
    throw new InputError(source.name, `${printable(entry.name)} is neither "little" nor "big"`);
  }
  return order === 'little';
}

function storageReader(
  source: ByteSource,
  directory: ReadonlyMap<string, ZipEntry>,
  root: string,
): StorageReader {
  return async (storage, first, count) => {
    const entry = directory.get(`${root}data/${storage.key}`);
    if (!entry)
      throw new InputError(
        source.name,
        `damaged: its archive has no ${printable(`${root}data/${storage.key}`)}`,
      );
    checkLength(source, storage, entry);
    const size = bytesPerElement[storage.dtype];
    const start = await contentOffset(source, entry);
    const bytes = await source.read(start + first * size, count * size);
    // The checksum covers the whole storage; a tensor that shares one cannot be checked, which is rare.
    if (bytes.length === entry.size) checkCrc(source, entry, bytes);
    return bytes;
  };
}

function checkLength(source: ByteSource, storage: StorageRef, entry: ZipEntry): void {
  const needed = (storage.start + storage.elements) * bytesPerElement[storage.dtype];
  if (entry.size < needed) {
    throw new InputError(
      source.name,
      `damaged: ${printable(entry.name)} has ${entry.size} bytes, its tensors need ${needed}`,
    );
  }
}

function checkCrc(source: ByteSource, entry: ZipEntry, bytes: Uint8Array): void {
  if (crc32(bytes) !== entry.crc32)
    throw new InputError(source.name, `damaged: ${printable(entry.name)} has a wrong checksum`);
}
