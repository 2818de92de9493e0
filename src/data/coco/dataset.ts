import { InputError } from '../../core/errors.ts';
import type { JsonBytes } from '../json/bytes.ts';
import { type JsonVisitor, visitJson } from '../json/document.ts';
import { AnnotationParser } from './annotation-parser.ts';
import { formatProblem, type Problem, preview } from './problems.ts';
import { checkCategory, checkImage } from './record-checks.ts';
import type { CocoAnnotation, CocoCategory, CocoDataset, CocoImage } from './types.ts';

/** A data set with lookups. */
export class CocoData implements CocoDataset {
  readonly images: readonly CocoImage[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly CocoCategory[];
  readonly info?: Readonly<Record<string, unknown>>;
  readonly licenses?: readonly Readonly<Record<string, unknown>>[];
  /** The file it was read from, for messages. */
  readonly source: string;
  #imageById: Map<number, CocoImage> | undefined;
  #categoryById: Map<number, CocoCategory> | undefined;
  #annotationsByImage: Map<number, CocoAnnotation[]> | undefined;

  constructor(dataset: CocoDataset, source = 'the data set') {
    this.images = dataset.images;
    this.annotations = dataset.annotations;
    this.categories = dataset.categories;
    if (dataset.info !== undefined) this.info = dataset.info;
    if (dataset.licenses !== undefined) this.licenses = dataset.licenses;
    this.source = source;
  }

  /** The image with an id, the first if there are several. */
  image(id: number): CocoImage | undefined {
    this.#imageById ??= firstById(this.images);
    return this.#imageById.get(id);
  }

  /** The category with an id, the first if there are several. */
  category(id: number): CocoCategory | undefined {
    this.#categoryById ??= firstById(this.categories);
    return this.#categoryById.get(id);
  }

  /** The annotations of an image in file order; empty if there are none. */
  annotationsOf(imageId: number): readonly CocoAnnotation[] {
    this.#annotationsByImage ??= groupByImage(this.annotations);
    return this.#annotationsByImage.get(imageId) ?? [];
  }
}

function firstById<T extends { readonly id: number }>(records: readonly T[]): Map<number, T> {
  const byId = new Map<number, T>();
  for (const record of records) if (!byId.has(record.id)) byId.set(record.id, record);
  return byId;
}

function groupByImage(annotations: readonly CocoAnnotation[]): Map<number, CocoAnnotation[]> {
  const byImage = new Map<number, CocoAnnotation[]>();
  for (const annotation of annotations) {
    const group = byImage.get(annotation.image_id);
    if (group === undefined) byImage.set(annotation.image_id, [annotation]);
    else group.push(annotation);
  }
  return byImage;
}

/**
 * Reads a data set as `readCocoDataset` does, from the bytes of its file.
 * @param name What messages call it.
 */
export function parseCocoDataset(name: string, text: Uint8Array): CocoData {
  const visitor = new DatasetVisitor(name, refusing(name));
  visitJson(name, text, visitor);
  return visitor.dataset();
}

/** Reports the first problem by throwing it. */
export function refusing(name: string): (found: Problem) => never {
  return (found) => {
    throw new InputError(name, formatProblem(found));
  };
}

/** Collects the arrays of a data set while its file is read. */
export class DatasetVisitor implements JsonVisitor {
  readonly #path: string;
  readonly #report: (problem: Problem) => void;
  readonly #annotationParser: AnnotationParser;
  readonly #images: CocoImage[] = [];
  readonly #annotations: CocoAnnotation[] = [];
  readonly #categories: CocoCategory[] = [];
  readonly #licenses: Record<string, unknown>[] = [];
  readonly #keys = new Set<string>();
  #info: Record<string, unknown> | undefined;

  constructor(path: string, report: (problem: Problem) => void) {
    this.#path = path;
    this.#report = report;
    this.#annotationParser = new AnnotationParser(report);
  }

  element(key: string, index: number, json: JsonBytes): boolean {
    this.#keys.add(key);
    switch (key) {
      case 'annotations':
        pushDefined(this.#annotations, this.#annotationParser.parse(json, index));
        return true;
      case 'images':
        pushDefined(this.#images, checkImage(json.value(), index, this.#report));
        return true;
      case 'categories':
        pushDefined(this.#categories, checkCategory(json.value(), index, this.#report));
        return true;
      case 'licenses':
        this.#licenses.push(json.value() as Record<string, unknown>);
        return true;
      default:
        return false;
    }
  }

  emptyArray(key: string): void {
    this.#keys.add(key);
  }

  value(key: string, json: JsonBytes): void {
    const value = key === 'info' || expectedArrays.includes(key) ? json.value() : json.skip();
    this.#keys.add(key);
    if (key === 'info') this.#info = value as Record<string, unknown>;
    else if (expectedArrays.includes(key) && value !== null) {
      throw new InputError(this.#path, `"${key}": expected an array, got ${preview(value)}`);
    }
  }

  notAnObject(first: unknown): never {
    const isResult = typeof first === 'object' && first !== null && 'image_id' in first && 'score' in first;
    const what = isResult
      ? 'this is a results file (an array of detections with scores), expected a COCO data set'
      : `expected a COCO data set, got an array of ${first === undefined ? 'nothing' : preview(first)}`;
    throw new InputError(this.#path, `${what}: an object with "images", "annotations" and "categories"`);
  }

  dataset(): CocoData {
    const missing = ['images', 'categories'].filter((key) => !this.#keys.has(key));
    if (missing.length > 0) {
      const keys = [...this.#keys];
      const got =
        keys.length === 0
          ? 'no keys'
          : keys
              .slice(0, 8)
              .map((key) => `"${key}"`)
              .join(', ');
      const expected = 'expected a COCO data set with "images", "annotations" and "categories"';
      throw new InputError(this.#path, `${expected}, got ${got}`);
    }
    return new CocoData(
      {
        images: this.#images,
        annotations: this.#annotations,
        categories: this.#categories,
        ...(this.#info === undefined ? {} : { info: this.#info }),
        ...(this.#keys.has('licenses') ? { licenses: this.#licenses } : {}),
      },
      this.#path,
    );
  }
}

const expectedArrays = ['images', 'annotations', 'categories'];

function pushDefined<T>(list: T[], value: T | undefined): void {
  if (value !== undefined) list.push(value);
}
