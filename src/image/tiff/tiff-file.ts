import { open } from 'node:fs/promises';

/** A file of which parts are read. */
export interface TiffFile {
  readonly size: number;
  /** Fills the target. @throws RangeError beyond the end of the file; what reading throws. */
  readInto(target: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param source A path, or the bytes of the file.
 * @throws What opening the file throws.
 */
export async function openTiffFile(source: string | Uint8Array): Promise<TiffFile> {
  if (typeof source !== 'string') {
    return {
      size: source.length,
      async readInto(target, offset) {
        target.set(source.subarray(offset, offset + target.length));
      },
      close: async () => undefined,
    };
  }
  const file = await open(source);
  try {
    const { size } = await file.stat();
    return {
      size,
      async readInto(target, offset) {
        const { bytesRead } = await file.read(target, 0, target.length, offset);
        if (bytesRead < target.length) throw new RangeError('beyond the end of the file');
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** @throws RangeError beyond the end of the file, before memory is taken; what reading throws. */
export async function readBytes(
  file: TiffFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (offset + length > file.size) throw new RangeError('beyond the end of the file');
  const bytes = new Uint8Array(length);
  await file.readInto(bytes, offset);
  return bytes;
}
