import { decodeToBitmap } from '../../ops/rle/bitmap.ts';
import type { Rle } from '../../ops/rle/rle.ts';

/** Bits of the four lengths that a run can have. */
const lengthBits = [4, 8, 12, 16];
const wordBits = 8;
/** Red, green, blue and alpha of a pixel have the same value. */
const channels = 4;

/**
 * A mask in the run-length encoding of Label Studio's brush: `rle-pack` of thi.ng/umbrella over the RGBA pixels of the
 * whole picture, row by row, 255 inside and 0 outside.
 * @returns Bytes.
 */
export function encodeBrush(mask: Rle): number[] {
  const bitmap = decodeToBitmap(mask);
  const bits = new BitWriter();
  bits.write(bitmap.length * channels, 32);
  bits.write(wordBits - 1, 5);
  for (const size of lengthBits) bits.write(size - 1, 4);
  for (let start = 0; start < bitmap.length; ) {
    let end = start + 1;
    while (end < bitmap.length && bitmap[end] === bitmap[start]) end++;
    writeRun(bits, (end - start) * channels, bitmap[start] === 0 ? 0 : 255);
    start = end;
  }
  return bits.bytes();
}

function writeRun(bits: BitWriter, length: number, value: number): void {
  for (let left = length; left > 0; ) {
    const size = lengthBits.findIndex((width) => left <= 2 ** width);
    const index = size < 0 ? lengthBits.length - 1 : size;
    const run = Math.min(left, 2 ** lengthBits[index]);
    bits.write(1, 1);
    bits.write(index, 2);
    bits.write(run - 1, lengthBits[index]);
    bits.write(value, wordBits);
    left -= run;
  }
}

/** Collects numbers bit by bit, the most significant first. */
class BitWriter {
  readonly #bytes: number[] = [];
  #byte = 0;
  #used = 0;

  write(value: number, width: number): void {
    for (let bit = width - 1; bit >= 0; bit--) {
      this.#byte = (this.#byte << 1) | (Math.floor(value / 2 ** bit) & 1);
      if (++this.#used < 8) continue;
      this.#bytes.push(this.#byte);
      this.#byte = 0;
      this.#used = 0;
    }
  }

  /** The last byte is filled with zeros. */
  bytes(): number[] {
    return this.#used === 0 ? this.#bytes : [...this.#bytes, this.#byte << (8 - this.#used)];
  }
}
