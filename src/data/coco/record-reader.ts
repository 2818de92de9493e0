import { InputError, messageOf } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { compressRle } from '../../ops/rle/compressed.ts';
import { rleFromPolygons } from '../../ops/rle/polygon.ts';
import { rleFromCounts } from '../../ops/rle/rle.ts';
import { visitJsonArray } from '../json/array.ts';
import { type JsonBytes, startsNumber } from '../json/bytes.ts';
import { textAt } from '../json/text.ts';
import { preview } from './problems.ts';
import { ResultsTable } from './results-table.ts';
import { isRing, maskProblem } from './truth.ts';
import type { CocoBox, CocoDataset, CocoImage } from './types.ts';

const encoder = new TextEncoder();

const quote = 0x22;
const backslash = 0x5c;
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
  const table = new ResultsTable(name, dataset.images);
  const reader = new RecordReader(name, table);
  visitJsonArray(
    name,
    text,
    (json, index) => reader.read(json, index),
    (json) => refuseTopLevel(name, json),
  );
  return table;
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

/** The fields of a record read so far; byte ranges refer to the window. */
class Draft {
  imageId = Number.NaN;
  categoryId = Number.NaN;
  score: number | undefined;
  box: CocoBox | undefined;
  keypoints: Float64Array | undefined;
  runs: Uint8Array | undefined;
  size: readonly [number, number] | undefined;
  /** Polygons or uncompressed runs, which detectors rarely write. */
  plain: { rings: number[][] } | { counts: number[] } | undefined;
}

/** Reads one record after the other into a table. */
export class RecordReader {
  readonly #path: string;
  readonly #table: ResultsTable;
  readonly #imageIndex: Map<number, number>;
  #index = 0;

  constructor(path: string, table: ResultsTable) {
    this.#path = path;
    this.#table = table;
    this.#imageIndex = new Map(table.images.map(({ id }, index) => [id, index]));
  }

  read(json: JsonBytes, index: number): void {
    this.#index = index;
    if (json.peek() !== openBrace) this.#refuse('', 'an object {"image_id", …}', json.value());
    const draft = new Draft();
    json.position++;
    if (!json.accept(closeBrace)) {
      do this.#readField(json, draft);
      while (json.another(closeBrace));
    }
    this.#store(draft);
  }

  #readField(json: JsonBytes, draft: Draft): void {
    const { start, end } = json.key();
    switch (keyAt(json.bytes, start, end)) {
      case 'image_id':
        draft.imageId = this.#number(json, 'image_id', 'a number');
        break;
      case 'category_id':
        draft.categoryId = this.#number(json, 'category_id', 'a number');
        break;
      case 'score':
        draft.score = this.#number(json, 'score', 'a finite number');
        break;
      case 'bbox':
        draft.box = this.#box(json);
        break;
      case 'keypoints':
        draft.keypoints = this.#keypoints(json);
        break;
      case 'segmentation':
        this.#segmentation(json, draft);
        break;
      default:
        json.skip();
    }
  }

  #number(json: JsonBytes, field: string, expected: string): number {
    const byte = json.peek();
    // JSON has no NaN or Infinity, but Python writes them.
    if (byte === 0x4e || byte === 0x49 || (byte === 0x2d && json.bytes[json.position + 1] === 0x49)) {
      const got = /^-?\w+/.exec(textAt(json.bytes, json.position, Math.min(json.end, json.position + 9)));
      this.#fail(`.${field}: expected ${expected}, got ${got?.[0]}`);
    }
    const value = startsNumber(byte) ? json.number() : json.value();
    if (typeof value !== 'number' || !Number.isFinite(value)) this.#refuse(field, expected, value);
    return value;
  }

  #box(json: JsonBytes): CocoBox | undefined {
    const count = json.numbers();
    if (count === 0) return undefined;
    const { scratch } = json;
    if (count !== 4) {
      const got = count < 0 ? json.value() : Array.from(scratch.subarray(0, count));
      this.#refuse('bbox', '[x, y, width, height]', got);
    }
    return [scratch[0], scratch[1], scratch[2], scratch[3]];
  }

  #keypoints(json: JsonBytes): Float64Array {
    const count = json.numbers();
    if (count < 0 || count % 3 !== 0) {
      const got = count < 0 ? json.value() : plural(count, 'number');
      this.#refuse('keypoints', '[x, y, visibility, …]', got);
    }
    return json.scratch.slice(0, count);
  }

  #segmentation(json: JsonBytes, draft: Draft): void {
    const byte = json.peek();
    if (byte === openBrace) this.#rle(json, draft);
    else if (byte === openBracket) draft.plain = { rings: this.#rings(json) };
    else if (!json.acceptNull()) this.#refuse('segmentation', 'an RLE or polygons', json.value());
  }

  #rle(json: JsonBytes, draft: Draft): void {
    json.position++;
    if (json.accept(closeBrace)) this.#refuse('segmentation', '{"size", "counts"}', {});
    let hasCounts = false;
    do {
      const { start, end } = json.key();
      const key = keyAt(json.bytes, start, end);
      if (key === 'size') {
        if (json.numbers() !== 2) this.#fail('.segmentation.size: expected [height, width]');
        draft.size = [json.scratch[0], json.scratch[1]];
      } else if (key === 'counts') {
        hasCounts = true;
        if (json.peek() === quote) draft.runs = compressedText(json);
        else {
          const count = json.numbers();
          if (count < 0)
            this.#fail('.segmentation.counts: expected text (compressed RLE) or a list (uncompressed RLE)');
          draft.plain = { counts: Array.from(json.scratch.subarray(0, count)) };
        }
      } else json.skip();
    } while (json.another(closeBrace));
    if (!hasCounts || draft.size === undefined) {
      this.#fail(`.segmentation: expected {"size", "counts"}, got no ${hasCounts ? 'size' : 'counts'}`);
    }
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

  #store(draft: Draft): void {
    if (Number.isNaN(draft.imageId)) this.#fail(': has no image_id');
    if (Number.isNaN(draft.categoryId)) this.#fail(': has no category_id');
    if (draft.score === undefined) this.#fail(': has no score (is this a file of annotations?)');
    const image = this.#imageIndex.get(draft.imageId);
    if (image === undefined) this.#fail(`.image_id: the ground truth has no image ${draft.imageId}`);
    const { width, height, id } = this.#table.images[image];
    if (draft.size !== undefined && (draft.size[0] !== height || draft.size[1] !== width)) {
      this.#fail(
        `.segmentation: a mask of height ${draft.size[0]}, width ${draft.size[1]}; ` +
          `image ${id} has height ${height}, width ${width}`,
      );
    }
    this.#table.append(image, draft.categoryId, draft.score, {
      box: draft.box,
      runs: draft.runs ?? this.#compress(draft, this.#table.images[image]),
      keypoints: draft.keypoints,
    });
  }

  #compress({ plain }: Draft, { height, width }: CocoImage): Uint8Array | undefined {
    if (plain === undefined || ('rings' in plain && plain.rings.length === 0)) return undefined;
    const size = [height, width] as const;
    const problem = 'rings' in plain ? maskProblem(plain.rings) : undefined;
    if (problem !== undefined) this.#fail(`.segmentation: ${problem}`);
    try {
      const rle =
        'rings' in plain
          ? rleFromPolygons(plain.rings.filter(isRing), size)
          : rleFromCounts(plain.counts, size);
      return encoder.encode(compressRle(rle));
    } catch (error) {
      this.#fail(`.segmentation: ${messageOf(error)}`);
    }
  }

  #refuse(field: string, expected: string, got: unknown): never {
    this.#fail(`${field === '' ? '' : `.${field}`}: expected ${expected}, got ${preview(got)}`);
  }

  #fail(problem: string): never {
    throw new InputError(this.#path, `results[${this.#index}]${problem}`);
  }
}

/** The bytes of a string value without quotes and escapes; a view of the window if there are no escapes. */
function compressedText(json: JsonBytes): Uint8Array {
  const start = json.position + 1;
  json.skip();
  const text = json.bytes.subarray(start, json.position - 1);
  if (!text.includes(backslash)) return text;
  return encoder.encode(JSON.parse(`"${textAt(text, 0, text.length)}"`) as string);
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
