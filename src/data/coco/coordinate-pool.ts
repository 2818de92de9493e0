import { sharedMemory } from '../../core/shared-memory.ts';

const blockLength = 1 << 20;

/**
 * Stores many short lists of doubles in a few large blocks outside the JavaScript heap, which threads can share: 36 million
 * polygon coordinates take 288 MB and no work for the garbage collector.
 */
export class CoordinatePool {
  #block: Float64Array = new Float64Array(0);
  #used = 0;

  /** A persistent copy of the first `count` numbers of `source`. */
  keep(source: Float64Array, count: number): Float64Array {
    if (this.#used + count > this.#block.length) {
      const bytes = Math.max(blockLength, count) * Float64Array.BYTES_PER_ELEMENT;
      this.#block = new Float64Array(sharedMemory(bytes));
      this.#used = 0;
    }
    const { buffer } = this.#block;
    const copy = new Float64Array(buffer, this.#used * Float64Array.BYTES_PER_ELEMENT, count);
    for (let i = 0; i < count; i++) copy[i] = source[i];
    this.#used += count;
    return copy;
  }
}
