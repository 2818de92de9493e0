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
  const counts = new Uint32Array(runCount(bytes));
  decompressRuns(bytes, size, counts);
  return { size: [size[0], size[1]], counts };
}

/** Number of runs in compressed text: the number of characters that end a number. */
export function runCount(bytes: Uint8Array): number {
  let runs = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (((bytes[at] - firstCharacter) & moreFollow) === 0) runs++;
  }
  return runs;
}

/**
 * Decodes compressed runs into an array that the caller can reuse.
 * @param counts Has at least `runCount(bytes)` elements.
 * @returns The number of runs.
 * @throws RangeError as `decompressRle`.
 */
export function decompressRuns(
  bytes: Uint8Array,
  size: readonly [number, number],
  counts: Uint32Array,
): number {
  let run = 0;
  let total = 0;
  for (let at = 0; at < bytes.length; run++) {
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
        if (at === bytes.length) throw new RangeError('the compressed runs end inside a number');
        group = bytes[at++] - firstCharacter;
        if (group < 0 || group > 63) throw badCharacter(bytes, at - 1);
        if (++groups > maxGroups) throw new RangeError(`run ${run} of the mask has more than 32 bits`);
        value += (group & 0x1f) * scale;
        scale *= 32;
      } while ((group & moreFollow) !== 0);
      length = (group & signBit) === 0 ? value : value - scale;
    }
    if (run > 2) length += counts[run - 2];
    if (length < 0) throw new RangeError(`run ${run} of the mask has length ${length}, expected ≥ 0`);
    counts[run] = length;
    total += length;
  }
  checkTotal(total, size);
  return run;
}

function badCharacter(bytes: Uint8Array, at: number): RangeError {
  return new RangeError(
    `character ${JSON.stringify(String.fromCharCode(bytes[at]))} at position ${at} of the compressed runs, expected '0' to 'o'`,
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
