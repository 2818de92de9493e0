import { checkTotal, type Rle } from './rle.ts';

/**
 * COCO's compressed text form of a mask (`rleToString`, `rleFrString` of its maskApi.c). Each run from the
 * fourth on is written as its difference from the run two before; a number is split into groups of five bits,
 * least significant first, the top bit of the last group being the sign; each group is one character, 48 +
 * group + 32 if more follow.
 */
const firstCharacter = 48;
const moreFollow = 0x20;
const signBit = 0x10;
/** The most groups that the 32-bit length of a run needs. */
const maxGroups = 7;

/** The compressed text, ASCII. */
export function compressRle({ counts }: Pick<Rle, 'counts'>): string {
  const codes: number[] = [];
  for (let run = 0; run < counts.length; run++) {
    let rest = run > 2 ? counts[run] - counts[run - 2] : counts[run];
    for (let more = true; more; ) {
      // Not `& 0x1f` and `>> 5`: a run may have 32 bits.
      const next = Math.floor(rest / 32);
      let code = rest - next * 32;
      rest = next;
      more = (code & signBit) === 0 ? rest !== 0 : rest !== -1;
      if (more) code |= moreFollow;
      codes.push(code + firstCharacter);
    }
  }
  return textOf(codes);
}

/**
 * Decodes compressed runs.
 * @param text The characters, or their bytes.
 * @param size Height, width of the picture in pixels.
 * @throws RangeError if the text has a character outside '0'…'o', ends inside a number, has a negative run,
 * or its runs do not add up to height · width.
 */
export function decompressRle(text: string | Uint8Array, size: readonly [number, number]): Rle {
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  const counts = new Uint32Array(bytes.length);
  const runs = decompressRuns({ bytes, start: 0, end: bytes.length }, size, counts, 0);
  return { size: [size[0], size[1]], counts: counts.slice(0, runs) };
}

/** Compressed text among other bytes. */
export interface CompressedRuns {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Decodes compressed runs into an array that the caller can reuse.
 * @param counts Has room for as many runs as the text has characters. @param first Index of the first run in it.
 * @returns The number of runs.
 * @throws RangeError as `decompressRle`.
 */
export function decompressRuns(
  text: CompressedRuns,
  size: readonly [number, number],
  counts: Uint32Array,
  first: number,
): number {
  const { bytes, end } = text;
  let run = first;
  let total = 0;
  for (let at = text.start; at < end; run++) {
    let group = bytes[at++] - firstCharacter;
    let length: number;
    if (group >= 0 && group < moreFollow) {
      // One character, the common case.
      length = (group << 27) >> 27;
    } else {
      at--;
      let value = 0;
      let scale = 1;
      let groups = 0;
      do {
        if (at === end) throw new RangeError('the compressed runs end inside a number');
        group = bytes[at++] - firstCharacter;
        if (group < 0 || group > 63) throw badCharacter(text, at - 1);
        if (++groups > maxGroups)
          throw new RangeError(`run ${run - first} of the mask has more than 32 bits`);
        value += (group & 0x1f) * scale;
        scale *= 32;
      } while ((group & moreFollow) !== 0);
      length = (group & signBit) === 0 ? value : value - scale;
    }
    if (run - first > 2) length += counts[run - 2];
    if (length < 0) throw new RangeError(`run ${run - first} of the mask has length ${length}, expected ≥ 0`);
    counts[run] = length;
    total += length;
  }
  checkTotal(total, size);
  return run - first;
}

function badCharacter({ bytes, start }: CompressedRuns, at: number): RangeError {
  return new RangeError(
    `character ${JSON.stringify(String.fromCharCode(bytes[at]))} at position ${at - start} of the compressed runs, expected '0' to 'o'`,
  );
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  // Keep characters beyond a byte from wrapping round into the alphabet.
  for (let at = 0; at < text.length; at++) bytes[at] = Math.min(text.charCodeAt(at), 255);
  return bytes;
}

/** In chunks, because the number of arguments of a call is limited. */
function textOf(codes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < codes.length; at += 4096) text += String.fromCharCode(...codes.slice(at, at + 4096));
  return text;
}
