/**
 * A mask as runs over a whole picture, in COCO's format: pixels are read column by column, top to bottom;
 * `counts` are the lengths of alternating runs, starting with background (0 if the mask starts with
 * foreground). The lengths add up to height · width.
 */
export interface Rle {
  /** Height, width in pixels. */
  readonly size: readonly [height: number, width: number];
  readonly counts: Uint32Array;
}

/** A mask without foreground. */
export function emptyRle(height: number, width: number): Rle {
  return { size: [height, width], counts: Uint32Array.of(height * width) };
}

/**
 * Checks an RLE from an external source.
 * @throws RangeError if they do not add up to height · width.
 */
export function rleFromCounts(counts: ArrayLike<number>, size: readonly [number, number]): Rle {
  const runs = new Uint32Array(counts.length);
  let total = 0;
  for (let run = 0; run < counts.length; run++) {
    const count = counts[run];
    if (!Number.isInteger(count) || count < 0) {
      throw new RangeError(`run ${run} of the mask has length ${count}, expected an integer ≥ 0`);
    }
    runs[run] = count;
    total += count;
  }
  checkTotal(total, size);
  return { size: [size[0], size[1]], counts: runs };
}

/** @throws RangeError if `total` pixels of runs do not fill a picture of `size`. */
export function checkTotal(total: number, [height, width]: readonly [number, number]): void {
  if (total !== height * width) {
    throw new RangeError(
      `the runs hold ${total} pixels, expected ${height * width} (height ${height} × width ${width})`,
    );
  }
}
