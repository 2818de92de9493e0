import { InputError, messageOf } from '../../core/errors.ts';
import { decompressRuns, runCount } from '../../ops/rle/compressed.ts';
import type { Rle } from '../../ops/rle/rle.ts';
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

/** The fields of a record other than its picture, class and score; views, which are copied. */
export interface RecordContent {
  readonly box: CocoBox | undefined;
  /** Compressed runs, ASCII. */
  readonly runs: Uint8Array | undefined;
  readonly keypoints: Float64Array | undefined;
}

/**
 * The records of a results file in columns: 200,000 detections with masks take about as many bytes as their
 * compressed runs in the file. Masks are decompressed picture by picture.
 */
export class ResultsTable {
  /** The file, for messages. */
  readonly source: string;
  readonly images: readonly CocoImage[];
  count = 0;
  #image = new Int32Array(256);
  #category = new Float64Array(256);
  #score = new Float64Array(256);
  #box = new Float64Array(4 * 256);
  readonly #runs: (Uint8Array | undefined)[] = [];
  readonly #keypoints: (Float64Array | undefined)[] = [];
  readonly #bytes = new BytePool();
  #byImage: { starts: Int32Array; records: Int32Array } | undefined;
  #scratch = new Uint32Array(1 << 14);
  #scratchUsed = 0;

  /** @internal Called by `readCocoResults`. */
  constructor(source: string, images: readonly CocoImage[]) {
    this.source = source;
    this.images = images;
  }

  /** @param image Index into `images`. */
  append(image: number, category: number, score: number, content: RecordContent): void {
    if (this.count === this.#image.length) this.#grow();
    const at = this.count++;
    this.#image[at] = image;
    this.#category[at] = category;
    this.#score[at] = score;
    // No x: no box.
    for (let i = 0; i < 4; i++)
      this.#box[4 * at + i] = content.box === undefined ? Number.NaN : content.box[i];
    if (content.runs !== undefined) this.#runs[at] = this.#bytes.keep(content.runs);
    if (content.keypoints !== undefined) this.#keypoints[at] = content.keypoints.slice();
    this.#byImage = undefined;
  }

  /** Which of box, mask and keypoints the first record has; this decides how areas are computed. */
  firstHas(): { box: boolean; mask: boolean; keypoints: boolean } {
    return {
      box: this.count > 0 && !Number.isNaN(this.#box[0]),
      mask: this.#runs[0] !== undefined,
      keypoints: this.#keypoints[0] !== undefined,
    };
  }

  categoryIds(): Set<number> {
    return new Set(this.#category.subarray(0, this.count));
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

  #detection(at: number, wantsMask: (categoryId: number, hasBox: boolean) => boolean): Detection {
    const categoryId = this.#category[at];
    const score = this.#score[at];
    const box = this.#boxOf(at);
    const runs = this.#runs[at];
    const mask =
      runs !== undefined && wantsMask(categoryId, box !== undefined) ? this.#mask(at, runs) : undefined;
    return { categoryId, score, box, mask, keypoints: this.#keypoints[at] };
  }

  #boxOf(at: number): CocoBox | undefined {
    const box = this.#box;
    if (Number.isNaN(box[4 * at])) return undefined;
    return [box[4 * at], box[4 * at + 1], box[4 * at + 2], box[4 * at + 3]];
  }

  #mask(at: number, runs: Uint8Array): Rle {
    const { height, width } = this.images[this.#image[at]];
    const needed = runCount(runs);
    if (this.#scratchUsed + needed > this.#scratch.length) {
      // Masks already returned keep the old array.
      this.#scratch = new Uint32Array(2 * Math.max(this.#scratch.length, needed));
      this.#scratchUsed = 0;
    }
    const counts = this.#scratch.subarray(this.#scratchUsed, this.#scratchUsed + needed);
    this.#scratchUsed += needed;
    try {
      decompressRuns(runs, [height, width], counts);
    } catch (error) {
      throw new InputError(this.source, `results[${at}].segmentation: ${messageOf(error)}`, { cause: error });
    }
    return { size: [height, width], counts };
  }

  /** Records sorted by picture, within one in file order (counting sort). */
  #groupByImage(): { starts: Int32Array; records: Int32Array } {
    const starts = new Int32Array(this.images.length + 1);
    for (let at = 0; at < this.count; at++) starts[this.#image[at] + 1]++;
    for (let image = 0; image < this.images.length; image++) starts[image + 1] += starts[image];
    const next = starts.slice();
    const records = new Int32Array(this.count);
    for (let at = 0; at < this.count; at++) records[next[this.#image[at]]++] = at;
    return { starts, records };
  }

  #grow(): void {
    const grown = <T extends Int32Array | Float64Array>(target: T, source: T) => {
      target.set(source);
      return target;
    };
    const capacity = 2 * this.#image.length;
    this.#image = grown(new Int32Array(capacity), this.#image);
    this.#category = grown(new Float64Array(capacity), this.#category);
    this.#score = grown(new Float64Array(capacity), this.#score);
    this.#box = grown(new Float64Array(4 * capacity), this.#box);
  }
}

const blockBytes = 1 << 22;

/** Stores many short byte sequences in a few large blocks. */
class BytePool {
  #block = new Uint8Array(0);
  #used = 0;

  keep(piece: Uint8Array): Uint8Array {
    if (this.#used + piece.length > this.#block.length) {
      this.#block = new Uint8Array(Math.max(blockBytes, piece.length));
      this.#used = 0;
    }
    const copy = this.#block.subarray(this.#used, this.#used + piece.length);
    copy.set(piece);
    this.#used += piece.length;
    return copy;
  }
}
