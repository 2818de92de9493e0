import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../core/errors.ts';
import { unreadable } from '../core/node/file-errors.ts';
import { type ByteSource, checkRange } from './byte-source.ts';

/** The most bytes of one read call; operating systems refuse 2 GiB and more. */
const maxBytesPerCall = 2 ** 30;

/**
 * Opens a file for reading by range. The caller closes it.
 * @throws InputError where it does not exist, is a folder or cannot be read.
 */
export async function openFileSource(path: string): Promise<ByteSource> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new InputError(path, 'no such file', { cause: error });
    throw unreadable(path, error);
  });
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new InputError(path, 'is not a file');
    return fileSource(path, status.size, file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function fileSource(path: string, size: number, file: FileHandle): ByteSource {
  return {
    name: path,
    size,
    async read(offset, length) {
      checkRange({ name: path, size }, offset, length);
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const wanted = Math.min(length - done, maxBytesPerCall);
        const { bytesRead } = await file.read(bytes, done, wanted, offset + done);
        if (bytesRead === 0) throw new InputError(path, 'was truncated while it was read');
        done += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
