import { InputError, messageOf } from '../../core/errors.ts';
import { decompressRuns } from '../../ops/rle/compressed.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import { chunkRows, field, type RecordChunk, rowLength } from './record-store.ts';
import type { CocoBox, CocoImage } from './types.ts';

/** One record of a results file. */
export interface Detection {
  readonly categoryId: number;
  readonly score: number;
  readonly box: CocoBox | undefined;
  /** Valid until the masks of another picture are read. */
  readonly mask: Rle | undefined;
  /** x, y, visibility of each keypoint. */
  readonly keypoints: Float64Array | undefined;
}

/** The records of a results file by picture. Masks are decompressed picture by picture. */
export class ResultsTable {
  /** The file, for messages. */
  readonly source: string;
  readonly images: readonly CocoImage[];
  readonly count: number;
  /** @internal */
  readonly chunks: readonly RecordChunk[];
  readonly #categories: ReadonlySet<number> | undefined;
  #categoryCounts: ReadonlyMap<number, number> | undefined;
  #byImage: { starts: Int32Array; records: Int32Array } | undefined;
  #scratch = new Uint32Array(1 << 14);
  #scratchUsed = 0;

  /**
   * @internal Called by `readCocoResults`.
   * @param chunks The records in the order of the file.
   * @param categories Those whose detections are given. Default: all.
   */
  constructor(
    source: string,
    images: readonly CocoImage[],
    chunks: readonly RecordChunk[],
    categories?: ReadonlySet<number>,
  ) {
    this.source = source;
    this.images = images;
    this.chunks = chunks;
    this.count = chunks.reduce((sum, { count }) => sum + count, 0);
    this.#categories = categories;
  }

  /** Which of box, mask and keypoints the first record has; this decides how areas are computed. */
  firstHas(): { box: boolean; mask: boolean; keypoints: boolean } {
    if (this.count === 0) return { box: false, mask: false, keypoints: false };
    const [{ rows }] = this.chunks;
    return {
      box: !Number.isNaN(rows[field.box]),
      mask: rows[field.runs] >= 0,
      keypoints: rows[field.keypoints] >= 0,
    };
  }

  /** Number of records of each category id. */
  categoryCounts(): ReadonlyMap<number, number> {
    this.#categoryCounts ??= this.#countCategories();
    return this.#categoryCounts;
  }

  /**
   * The detections of a picture in file order. Their masks share memory that the next call reuses.
   * @param image Index into `images`.
   * @param wantsMask Whether to decompress a record's mask, by its category and whether it has a box.
   * @throws InputError naming the record if a mask is not an RLE of the picture's size.
   */
  detectionsOf(image: number, wantsMask: (categoryId: number, hasBox: boolean) => boolean): Detection[] {
    this.#byImage ??= this.#groupByImage();
    const { starts, records } = this.#byImage;
    this.#scratchUsed = 0;
    const detections: Detection[] = [];
    for (let i = starts[image]; i < starts[image + 1]; i++) {
      detections.push(this.#detection(records[i], wantsMask));
    }
    return detections;
  }

  /** @param place Of the record: chunk · chunkRows + row. */
  #detection(place: number, wantsMask: (categoryId: number, hasBox: boolean) => boolean): Detection {
    const { rows, blocks } = this.chunks[Math.floor(place / chunkRows)];
    const at = (place % chunkRows) * rowLength;
    const categoryId = rows[at + field.category];
    const score = rows[at + field.score];
    const box: CocoBox | undefined = Number.isNaN(rows[at + field.box])
      ? undefined
      : [rows[at + field.box], rows[at + field.box + 1], rows[at + field.box + 2], rows[at + field.box + 3]];
    const mask =
      rows[at + field.runs] >= 0 && wantsMask(categoryId, box !== undefined) ? this.#mask(place) : undefined;
    return { categoryId, score, box, mask, keypoints: keypointsAt(rows, at, blocks) };
  }

  #mask(place: number): Rle {
    const { rows, blocks } = this.chunks[Math.floor(place / chunkRows)];
    const at = (place % chunkRows) * rowLength;
    const { height, width } = this.images[rows[at + field.image]];
    const [start, length] = [rows[at + field.runs + 1], rows[at + field.runs + 2]];
    // A run has at least one byte.
    if (this.#scratchUsed + length > this.#scratch.length) {
      // Masks already returned keep the old array.
      this.#scratch = new Uint32Array(2 * Math.max(this.#scratch.length, length));
      this.#scratchUsed = 0;
    }
    const used = this.#scratchUsed;
    try {
      const text = { bytes: blocks[rows[at + field.runs]], start, end: start + length };
      this.#scratchUsed += decompressRuns(text, [height, width], this.#scratch, used);
    } catch (error) {
      const record = `results[${this.#indexOf(place)}].segmentation`;
      throw new InputError(this.source, `${record}: ${messageOf(error)}`, { cause: error });
    }
    return { size: [height, width], counts: this.#scratch.subarray(used, this.#scratchUsed) };
  }

  /** The record's index in the file. */
  #indexOf(place: number): number {
    const chunk = Math.floor(place / chunkRows);
    const before = this.chunks.slice(0, chunk).reduce((sum, { count }) => sum + count, 0);
    return before + (place % chunkRows);
  }

  #countCategories(): Map<number, number> {
    const counts = new Map<number, number>();
    for (const { rows, count } of this.chunks) {
      for (let row = 0; row < count; row++) {
        const id = rows[row * rowLength + field.category];
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** Records sorted by picture, within one in file order (counting sort). */
  #groupByImage(): { starts: Int32Array; records: Int32Array } {
    const categories = this.#categories;
    const images = new Int32Array(this.count);
    const places = new Int32Array(this.count);
    const starts = new Int32Array(this.images.length + 1);
    let taken = 0;
    for (const [chunk, { rows, count }] of this.chunks.entries()) {
      for (let row = 0; row < count; row++) {
        const at = row * rowLength;
        if (categories !== undefined && !categories.has(rows[at + field.category])) continue;
        const image = rows[at + field.image];
        images[taken] = image;
        places[taken++] = chunk * chunkRows + row;
        starts[image + 1]++;
      }
    }
    for (let image = 0; image < this.images.length; image++) starts[image + 1] += starts[image];
    const next = starts.slice();
    const records = new Int32Array(taken);
    for (let i = 0; i < taken; i++) records[next[images[i]]++] = places[i];
    return { starts, records };
  }
}

function keypointsAt(
  rows: Float64Array,
  at: number,
  blocks: readonly Uint8Array[],
): Float64Array | undefined {
  const block = rows[at + field.keypoints];
  if (block < 0) return undefined;
  const { buffer, byteOffset } = blocks[block];
  const [start, length] = [rows[at + field.keypoints + 1], rows[at + field.keypoints + 2]];
  return new Float64Array(buffer, byteOffset + start, length / Float64Array.BYTES_PER_ELEMENT);
}
