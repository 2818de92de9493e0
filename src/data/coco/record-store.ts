import { sharedMemory } from '../../core/shared-memory.ts';
import { BytePool } from './byte-pool.ts';
import type { CocoImage } from './types.ts';

/** Where the fields of a record are in its row of numbers. */
export const field = {
  /** The picture's index in the data set; its id where a part of a file is read without the data set. */
  image: 0,
  category: 1,
  score: 2,
  /** x, y, width, height; NaN without a box. */
  box: 3,
  /** Height and width of the mask, as the record states them; NaN if it does not. */
  size: 7,
  /** Block, first byte and number of bytes of the mask's compressed runs; block −1 without a mask. */
  runs: 9,
  /** The same for the keypoints. */
  keypoints: 12,
} as const;

export const rowLength = 15;
export const chunkRows = 4096;

/** Records in memory that threads can share. */
export interface RecordChunk {
  /** [chunkRows, rowLength], of which the first `count` rows are used. */
  readonly rows: Float64Array;
  count: number;
  /** The bytes to which `runs` and `keypoints` refer. */
  readonly blocks: readonly Uint8Array[];
}

/** Whether a record's mask, if it states a size, has that of its image. @param at Start of the record's row. */
export function fitsImage(rows: Float64Array, at: number, { height, width }: CocoImage): boolean {
  const ownHeight = rows[at + field.size];
  return Number.isNaN(ownHeight) || (ownHeight === height && rows[at + field.size + 1] === width);
}

/**
 * The records of a results file, or of a part of it, in the order of the file: 200,000 detections with masks take about
 * as many bytes as their compressed runs in the file.
 */
export class RecordStore {
  readonly chunks: RecordChunk[] = [];
  readonly pool: BytePool;

  /** @param pool Of masks and keypoints. */
  constructor(pool = new BytePool()) {
    this.pool = pool;
  }

  /** Adds a copy of a row. */
  append(row: Float64Array): void {
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || chunk.count === chunkRows) {
      const bytes = chunkRows * rowLength * Float64Array.BYTES_PER_ELEMENT;
      chunk = { rows: new Float64Array(sharedMemory(bytes)), count: 0, blocks: this.pool.blocks };
      this.chunks.push(chunk);
    }
    chunk.rows.set(row, chunk.count * rowLength);
    chunk.count++;
  }
}
