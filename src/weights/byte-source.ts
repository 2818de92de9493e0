import { InputError } from '../core/errors.ts';

/** Bytes that are read by range, so that a large file is never held whole. */
export interface ByteSource {
  /** What error messages call it: the path, or a name that the caller gave. */
  readonly name: string;
  /** Total length in bytes. */
  readonly size: number;
  /**
   * Returns exactly `length` bytes from `offset` on, at the start of an `ArrayBuffer` that nobody else writes.
   * @throws InputError where the range reaches beyond the end.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A source over bytes in memory. Reads are copies, so they are aligned for every typed array. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    async read(offset, length) {
      checkRange({ name, size: bytes.length }, offset, length);
      return new Uint8Array(bytes.subarray(offset, offset + length));
    },
    async close() {},
  };
}

/** @throws InputError unless `offset … offset + length` lies inside the source. */
export function checkRange(source: Pick<ByteSource, 'name' | 'size'>, offset: number, length: number): void {
  const inside = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!inside || offset + length > source.size) {
    throw new InputError(
      source.name,
      `truncated or damaged: needs bytes ${offset}…${offset + length}, the file has ${source.size}`,
    );
  }
}
