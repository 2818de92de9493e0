import { coordinateRange, isCoordinate } from '../../core/picture-limits.ts';
import { type JsonBytes, startsNumber } from '../json/bytes.ts';
import { CoordinatePool } from './coordinate-pool.ts';
import { type Problem, type ProblemCode, preview, problem } from './problems.ts';
import type { CocoAnnotation, CocoBox, CocoRle } from './types.ts';

const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const quote = 0x22;

const knownKeys = [
  'id',
  'image_id',
  'category_id',
  'bbox',
  'area',
  'segmentation',
  'iscrowd',
  'keypoints',
  'num_keypoints',
  'score',
  'size',
  'counts',
] as const;
type KnownKey = (typeof knownKeys)[number];

const keysByLength: { key: KnownKey; bytes: Uint8Array }[][] = [];
for (const key of knownKeys) {
  keysByLength[key.length] ??= [];
  keysByLength[key.length].push({ key, bytes: new TextEncoder().encode(key) });
}

type Draft = { -readonly [K in keyof CocoAnnotation]?: CocoAnnotation[K] };

/**
 * Parses the records of `annotations` from bytes, keeping only the fields of `CocoAnnotation`. Rings,
 * keypoints and uncompressed runs become `Float64Array`s in one pool.
 */
export class AnnotationParser {
  readonly #pool = new CoordinatePool();
  readonly #report: (problem: Problem) => void;
  /** Problems of the current record; reported once its id is known. */
  #wrong: { code: ProblemCode; message: string }[] = [];

  /** @param report Called with each problem of a record. An invalid field is left out of the record. */
  constructor(report: (problem: Problem) => void) {
    this.#report = report;
  }

  /**
   * Reads one record. Returns undefined, after reporting it, if it has no id, image_id or category_id.
   * @param index Its position in `annotations`, for messages.
   */
  parse(json: JsonBytes, index: number): CocoAnnotation | undefined {
    this.#wrong.length = 0;
    const draft: Draft = {};
    if (json.peek() === openBrace) {
      this.#readFields(json, draft);
      if (!isComplete(draft)) this.#noteMissing(draft);
    } else this.#malformed('the record', 'an object {…}', json.value());
    if (this.#wrong.length > 0) this.#reportWrong(draft, index);
    return isComplete(draft) ? draft : undefined;
  }

  #noteMissing(draft: Draft): void {
    for (const key of ['id', 'image_id', 'category_id'] as const) {
      if (draft[key] !== undefined || this.#wrong.some(({ message }) => message.startsWith(`${key}:`)))
        continue;
      this.#wrong.push({ code: 'missing-field', message: `${key}: expected an integer, got nothing` });
    }
  }

  #reportWrong({ id, image_id }: Draft, index: number): void {
    const place = {
      ...(id === undefined ? { record: `annotations[${index}]` } : { annotationId: id }),
      ...(image_id === undefined ? {} : { imageId: image_id }),
    };
    for (const { code, message } of this.#wrong) this.#report(problem(code, place, message));
  }

  #readFields(json: JsonBytes, draft: Draft): void {
    json.position++;
    if (json.accept(closeBrace)) return;
    do {
      const { start, end } = json.key();
      const key = knownKeyAt(json.bytes, start, end);
      if (key === undefined || key === 'size' || key === 'counts') json.skip();
      else if (!json.acceptNull()) this.#readField(json, draft, key);
    } while (json.another(closeBrace));
  }

  #readField(json: JsonBytes, draft: Draft, key: Exclude<KnownKey, 'size' | 'counts'>): void {
    switch (key) {
      case 'bbox':
        this.#readBox(json, draft);
        break;
      case 'segmentation':
        this.#readSegmentation(json, draft);
        break;
      case 'keypoints':
        this.#readKeypoints(json, draft);
        break;
      case 'iscrowd':
        this.#readIsCrowd(json, draft);
        break;
      case 'score':
        readScore(json, draft);
        break;
      default:
        this.#readNumber(json, draft, key);
    }
  }

  #readNumber(
    json: JsonBytes,
    draft: Draft,
    key: 'id' | 'image_id' | 'category_id' | 'area' | 'num_keypoints',
  ): void {
    const value = startsNumber(json.peek()) ? json.number() : json.value();
    if (
      typeof value === 'number' &&
      (key === 'area' ? Number.isFinite(value) : Number.isSafeInteger(value))
    ) {
      draft[key] = value;
    } else this.#malformed(key, key === 'area' ? 'a number' : 'an integer', value);
  }

  /** Some tools write booleans. */
  #readIsCrowd(json: JsonBytes, draft: Draft): void {
    const value = startsNumber(json.peek()) ? json.number() : json.value();
    if (value === 0 || value === false) draft.iscrowd = 0;
    else if (value === 1 || value === true) draft.iscrowd = 1;
    else this.#malformed('iscrowd', '0 or 1', value);
  }

  #readBox(json: JsonBytes, draft: Draft): void {
    const count = json.numbers();
    const [x, y, width, height] = json.scratch;
    if (count === 4) {
      if (this.#areCoordinates('bbox', json.scratch, 4)) draft.bbox = [x, y, width, height] satisfies CocoBox;
    }
    // COCO's test sets and some exporters write [] for "no box".
    else if (count !== 0) {
      const got = count < 0 ? json.value() : Array.from(json.scratch.subarray(0, count));
      this.#malformed('bbox', '[x, y, width, height]', got);
    }
  }

  #readKeypoints(json: JsonBytes, draft: Draft): void {
    const count = json.numbers();
    if (count >= 0) {
      if (this.#areCoordinates('keypoints', json.scratch, count))
        draft.keypoints = this.#pool.keep(json.scratch, count);
    } else this.#malformed('keypoints', '[x, y, visibility, …]', json.value());
  }

  #readSegmentation(json: JsonBytes, draft: Draft): void {
    const start = json.position;
    const segmentation =
      json.peek() === openBracket
        ? this.#rings(json)
        : json.peek() === openBrace
          ? this.#rle(json)
          : undefined;
    if (segmentation !== undefined) {
      if (!Array.isArray(segmentation) || segmentation.length > 0) draft.segmentation = segmentation;
      return;
    }
    json.position = start;
    const expected = 'rings [[x0, y0, x1, y1, …], …] or an RLE {"size": [height, width], "counts": …}';
    this.#malformed('segmentation', expected, json.value());
  }

  #rings(json: JsonBytes): Float64Array[] | undefined {
    json.position++;
    const rings: Float64Array[] = [];
    if (json.accept(closeBracket)) return rings;
    let areRight = true;
    do {
      const count = json.numbers();
      if (count < 0) return undefined;
      areRight &&= this.#areCoordinates('segmentation', json.scratch, count);
      rings.push(this.#pool.keep(json.scratch, count));
    } while (json.another(closeBracket));
    return areRight ? rings : [];
  }

  #rle(json: JsonBytes): CocoRle | undefined {
    json.position++;
    let size: [number, number] | undefined;
    let counts: CocoRle['counts'] | undefined;
    if (json.accept(closeBrace)) return undefined;
    do {
      const { start, end } = json.key();
      const key = knownKeyAt(json.bytes, start, end);
      if (key === 'size' && json.numbers() === 2) size = [json.scratch[0], json.scratch[1]];
      else if (key === 'counts' && json.peek() === quote) counts = json.string();
      else if (key === 'counts' && json.peek() === openBracket) {
        const count = json.numbers();
        if (count < 0) return undefined;
        counts = this.#pool.keep(json.scratch, count);
      } else if (key === 'size' || key === 'counts') return undefined;
      else json.skip();
    } while (json.another(closeBrace));
    return size === undefined || counts === undefined ? undefined : { size, counts };
  }

  /** Reports the first of `count` numbers that cannot be a coordinate. */
  #areCoordinates(field: string, numbers: Float64Array, count: number): boolean {
    for (let i = 0; i < count; i++) {
      if (isCoordinate(numbers[i])) continue;
      this.#wrong.push({
        code: 'malformed',
        message: `${field}: expected coordinates, each ${coordinateRange}, got ${numbers[i]}`,
      });
      return false;
    }
    return true;
  }

  #malformed(field: string, expected: string, got: unknown): void {
    this.#wrong.push({ code: 'malformed', message: `${field}: expected ${expected}, got ${preview(got)}` });
  }
}

/** Anything but a number is a field of another program, which is dropped as unknown ones are. */
function readScore(json: JsonBytes, draft: Draft): void {
  if (startsNumber(json.peek())) draft.score = json.number();
  else json.skip();
}

function isComplete(draft: Draft): draft is Draft & CocoAnnotation {
  return draft.id !== undefined && draft.image_id !== undefined && draft.category_id !== undefined;
}

/** The known key between two positions of `bytes`, without creating a string. */
function knownKeyAt(bytes: Uint8Array, start: number, end: number): KnownKey | undefined {
  for (const candidate of keysByLength[end - start] ?? []) {
    let i = 0;
    while (i < candidate.bytes.length && candidate.bytes[i] === bytes[start + i]) i++;
    if (i === candidate.bytes.length) return candidate.key;
  }
  return undefined;
}
