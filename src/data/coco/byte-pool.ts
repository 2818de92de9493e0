import { sharedMemory } from '../../core/shared-memory.ts';
import type { JsonBytes } from '../json/bytes.ts';

const blockBytes = 1 << 22;

/** Stores many short pieces in a few large blocks, which threads can share. */
export class BytePool {
  readonly blocks: Uint8Array[] = [];
  /** Of the piece kept last: index of its block, first byte and number of bytes. */
  block = -1;
  start = 0;
  length = 0;

  /** Keeps the ASCII text of a string value, without its escapes. */
  keepText(json: JsonBytes): void {
    let room = this.#next(0);
    let length = json.copyText(room);
    while (length < 0) {
      room = this.#next(2 * room.length + 1);
      length = json.copyText(room);
    }
    this.length = length;
  }

  keep(piece: Uint8Array): void {
    this.#next(piece.length).set(piece);
    this.length = piece.length;
  }

  /** Keeps the first `count` numbers, 8 bytes each, aligned. */
  keepNumbers(numbers: Float64Array, count: number): void {
    this.length += -(this.start + this.length) & 7;
    const length = count * Float64Array.BYTES_PER_ELEMENT;
    const { buffer, byteOffset } = this.#next(length);
    new Float64Array(buffer, byteOffset, count).set(numbers.subarray(0, count));
    this.length = length;
  }

  /** What is free of a block, at least `bytes`; the next piece begins there. */
  #next(bytes: number): Uint8Array {
    this.start += this.length;
    this.length = 0;
    if (this.block < 0 || this.start + bytes > this.blocks[this.block].length) {
      this.block = this.blocks.push(new Uint8Array(sharedMemory(Math.max(blockBytes, bytes)))) - 1;
      this.start = 0;
    }
    return this.blocks[this.block].subarray(this.start);
  }
}
