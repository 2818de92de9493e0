import { InputError, messageOf } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { compressRle } from '../../ops/rle/compressed.ts';
import { rleFromPolygons } from '../../ops/rle/polygon.ts';
import { rleFromCounts } from '../../ops/rle/rle.ts';
import { visitJsonArray } from '../json/array.ts';
import { type JsonBytes, startsNumber } from '../json/bytes.ts';
import { textAt } from '../json/text.ts';
import { preview } from './problems.ts';
import { field, fitsImage, RecordStore, rowLength } from './record-store.ts';
import { ResultsTable } from './results-table.ts';
import { isRing, maskProblem } from './truth.ts';
import type { CocoDataset, CocoImage } from './types.ts';

const encoder = new TextEncoder();

const quote = 0x22;
const openBracket = 0x5b;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const closeBracket = 0x5d;

/**
 * Reads results as `readCocoResults` does, from the bytes of their file.
 * @param name What messages call it.
 */
export function parseCocoResults(
  name: string,
  text: Uint8Array,
  dataset: Pick<CocoDataset, 'images'>,
): ResultsTable {
  const store = new RecordStore();
  const reader = new RecordReader(name, store, dataset.images);
  visitJsonArray(
    name,
    text,
    (json, index) => reader.read(json, index),
    (json) => refuseTopLevel(name, json),
  );
  return new ResultsTable(name, dataset.images, store.chunks);
}

/** Says what a file is whose top level is not an array of results. */
export function refuseTopLevel(path: string, json: JsonBytes): never {
  const expected = 'expected COCO results, an array of {"image_id", "category_id", "score", …}';
  if (json.peek() !== openBrace) throw new InputError(path, `${expected}, got ${preview(json.value())}`);
  json.position++;
  const { start, end } = json.key();
  const key = textAt(json.bytes, start, end);
  const isDataset = ['images', 'annotations', 'categories', 'info', 'licenses'].includes(key);
  const what = isDataset ? 'this is a COCO data set (ground truth)' : `got an object with "${key}"`;
  throw new InputError(path, isDataset ? `${what}, ${expected}` : `${expected}, ${what}`);
}

/** Reads one record after the other into a store. */
export class RecordReader {
  readonly #path: string;
  readonly #store: RecordStore;
  readonly #images: readonly CocoImage[] | undefined;
  readonly #imageIndex: Map<number, number>;
  /** The record read so far. */
  readonly #row = new Float64Array(rowLength);
  /** Polygons or uncompressed runs, which detectors rarely write. */
  #plain: { rings: number[][] } | { counts: number[] } | undefined;
  #index = 0;

  /**
   * @param images Of the data set. Without, rows have the ids of images, which are not checked, and polygons are refused.
   */
  constructor(path: string, store: RecordStore, images?: readonly CocoImage[]) {
    this.#path = path;
    this.#store = store;
    this.#images = images;
    this.#imageIndex = new Map(images?.map(({ id }, index) => [id, index]));
  }

  read(json: JsonBytes, index: number): void {
    this.#index = index;
    if (json.peek() !== openBrace) this.#refuse('', 'an object {"image_id", …}', json.value());
    this.#row.fill(Number.NaN);
    this.#row[field.runs] = -1;
    this.#row[field.keypoints] = -1;
    this.#plain = undefined;
    json.position++;
    if (!json.accept(closeBrace)) {
      do this.#readField(json);
      while (json.another(closeBrace));
    }
    this.#finish();
  }

  #readField(json: JsonBytes): void {
    const { start, end } = json.key();
    switch (keyAt(json.bytes, start, end)) {
      case 'image_id':
        this.#row[field.image] = this.#number(json, 'image_id', 'a number');
        break;
      case 'category_id':
        this.#row[field.category] = this.#number(json, 'category_id', 'a number');
        break;
      case 'score':
        this.#row[field.score] = this.#number(json, 'score', 'a finite number');
        break;
      case 'bbox':
        this.#readBox(json);
        break;
      case 'keypoints':
        this.#readKeypoints(json);
        break;
      case 'segmentation':
        this.#readSegmentation(json);
        break;
      default:
        json.skip();
    }
  }

  #number(json: JsonBytes, name: string, expected: string): number {
    const byte = json.peek();
    // JSON has no NaN or Infinity, but Python writes them.
    if (byte === 0x4e || byte === 0x49 || (byte === 0x2d && json.bytes[json.position + 1] === 0x49)) {
      const got = /^-?\w+/.exec(textAt(json.bytes, json.position, Math.min(json.end, json.position + 9)));
      this.#fail(`.${name}: expected ${expected}, got ${got?.[0]}`);
    }
    const value = startsNumber(byte) ? json.number() : json.value();
    if (typeof value !== 'number' || !Number.isFinite(value)) this.#refuse(name, expected, value);
    return value;
  }

  #readBox(json: JsonBytes): void {
    const count = json.numbers();
    const { scratch } = json;
    if (count !== 4 && count !== 0) {
      const got = count < 0 ? json.value() : Array.from(scratch.subarray(0, count));
      this.#refuse('bbox', '[x, y, width, height]', got);
    }
    for (let i = 0; i < 4; i++) this.#row[field.box + i] = count === 0 ? Number.NaN : scratch[i];
  }

  #readKeypoints(json: JsonBytes): void {
    const count = json.numbers();
    if (count < 0 || count % 3 !== 0) {
      const got = count < 0 ? json.value() : plural(count, 'number');
      this.#refuse('keypoints', '[x, y, visibility, …]', got);
    }
    this.#store.pool.keepNumbers(json.scratch, count);
    this.#point(field.keypoints);
  }

  #readSegmentation(json: JsonBytes): void {
    const byte = json.peek();
    if (byte === openBrace) this.#readRle(json);
    else if (byte === openBracket) this.#plain = { rings: this.#rings(json) };
    else if (!json.acceptNull()) this.#refuse('segmentation', 'an RLE or polygons', json.value());
  }

  #readRle(json: JsonBytes): void {
    json.position++;
    if (json.accept(closeBrace)) this.#refuse('segmentation', '{"size", "counts"}', {});
    let [hasSize, hasCounts] = [false, false];
    do {
      const { start, end } = json.key();
      const key = keyAt(json.bytes, start, end);
      if (key === 'size') {
        if (json.numbers() !== 2) this.#fail('.segmentation.size: expected [height, width]');
        hasSize = true;
        this.#row[field.size] = json.scratch[0];
        this.#row[field.size + 1] = json.scratch[1];
      } else if (key === 'counts') {
        hasCounts = true;
        this.#readCounts(json);
      } else json.skip();
    } while (json.another(closeBrace));
    if (!hasCounts || !hasSize) {
      this.#fail(`.segmentation: expected {"size", "counts"}, got no ${hasCounts ? 'size' : 'counts'}`);
    }
  }

  #readCounts(json: JsonBytes): void {
    if (json.peek() === quote) {
      this.#store.pool.keepText(json);
      this.#point(field.runs);
      return;
    }
    const count = json.numbers();
    if (count < 0)
      this.#fail('.segmentation.counts: expected text (compressed RLE) or a list (uncompressed RLE)');
    this.#plain = { counts: Array.from(json.scratch.subarray(0, count)) };
  }

  /** Refers to the bytes that were kept last. */
  #point(at: number): void {
    const { block, start, length } = this.#store.pool;
    this.#row[at] = block;
    this.#row[at + 1] = start;
    this.#row[at + 2] = length;
  }

  #rings(json: JsonBytes): number[][] {
    json.position++;
    const rings: number[][] = [];
    if (json.accept(closeBracket)) return rings;
    do {
      const count = json.numbers();
      if (count < 0) this.#fail('.segmentation: expected rings [[x0, y0, x1, y1, …], …]');
      rings.push(Array.from(json.scratch.subarray(0, count)));
    } while (json.another(closeBracket));
    return rings;
  }

  #finish(): void {
    const row = this.#row;
    if (Number.isNaN(row[field.image])) this.#fail(': has no image_id');
    if (Number.isNaN(row[field.category])) this.#fail(': has no category_id');
    if (Number.isNaN(row[field.score])) this.#fail(': has no score (is this a file of annotations?)');
    if (this.#images !== undefined) {
      row[field.image] = this.#indexOfImage(this.#images);
    }
    if (row[field.runs] < 0 && this.#plain !== undefined) this.#compress(this.#plain);
    this.#store.append(row);
  }

  #indexOfImage(images: readonly CocoImage[]): number {
    const id = this.#row[field.image];
    const index = this.#imageIndex.get(id);
    if (index === undefined) this.#fail(`.image_id: the ground truth has no image ${id}`);
    if (!fitsImage(this.#row, 0, images[index])) {
      const { width, height } = images[index];
      const [ownHeight, ownWidth] = [this.#row[field.size], this.#row[field.size + 1]];
      this.#fail(
        `.segmentation: a mask of height ${ownHeight}, width ${ownWidth}; ` +
          `image ${id} has height ${height}, width ${width}`,
      );
    }
    return index;
  }

  #compress(plain: { rings: number[][] } | { counts: number[] }): void {
    if ('rings' in plain && plain.rings.length === 0) return;
    const image = this.#images?.[this.#row[field.image]];
    const size = image
      ? ([image.height, image.width] as const)
      : ([this.#row[field.size], this.#row[field.size + 1]] as const);
    const problem = 'rings' in plain ? maskProblem(plain.rings) : undefined;
    if (problem !== undefined) this.#fail(`.segmentation: ${problem}`);
    try {
      const rle =
        'rings' in plain
          ? rleFromPolygons(plain.rings.filter(isRing), size)
          : rleFromCounts(plain.counts, size);
      this.#store.pool.keep(encoder.encode(compressRle(rle)));
      this.#point(field.runs);
    } catch (error) {
      this.#fail(`.segmentation: ${messageOf(error)}`);
    }
  }

  #refuse(name: string, expected: string, got: unknown): never {
    this.#fail(`${name === '' ? '' : `.${name}`}: expected ${expected}, got ${preview(got)}`);
  }

  #fail(problem: string): never {
    throw new InputError(this.#path, `results[${this.#index}]${problem}`);
  }
}

const keys = [
  'image_id',
  'category_id',
  'score',
  'bbox',
  'keypoints',
  'segmentation',
  'size',
  'counts',
] as const;
const keyBytes = keys.map((key) => encoder.encode(key));

/** The known key between two positions, compared without creating a string. */
function keyAt(bytes: Uint8Array, start: number, end: number): (typeof keys)[number] | undefined {
  for (let k = 0; k < keys.length; k++) {
    const key = keyBytes[k];
    if (key.length !== end - start) continue;
    let i = 0;
    while (i < key.length && key[i] === bytes[start + i]) i++;
    if (i === key.length) return keys[k];
  }
  return undefined;
}
