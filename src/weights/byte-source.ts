import { InputError } from '../core/errors.ts';

/** Bytes that are read by range, so that a large file is never in memory as a whole. */
export interface ByteSource {
  /** Its name in error messages: the path, or a name that the caller chose. */
  readonly name: string;
  /** Total length in bytes. */
  readonly size: number;
  /**
   * Returns exactly `length` bytes from `offset`, at the start of an `ArrayBuffer` that nothing else writes to.
   * @throws InputError where the range extends beyond the end.
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

/** @throws InputError unless the range from `offset` to `offset + length` is inside the source. */
export function checkRange(source: Pick<ByteSource, 'name' | 'size'>, offset: number, length: number): void {
  const inside = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!inside || offset + length > source.size) {
    throw new InputError(
      source.name,
      `truncated or damaged: needs bytes ${offset}…${offset + length}, the file has ${source.size}`,
    );
  }
}
