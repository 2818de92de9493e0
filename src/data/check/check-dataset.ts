import { checkOptions } from '../../core/options.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import { coverageOf } from '../coco/coverage.ts';
import { CocoData } from '../coco/dataset.ts';
import { pictureKey } from '../coco/picture-key.ts';
import { type Problem, type ProblemPlace, preview, problem } from '../coco/problems.ts';
import type { CocoDataset, CocoImage } from '../coco/types.ts';
import { sameCategory, sameImage } from '../coco/unique-records.ts';
import { checkAnnotation } from './check-annotation.ts';
import { checkPictures } from './check-pictures.ts';

export interface CheckOptions extends PlaneChoice {
  /** Folder of the pictures; if given, each file is looked up and its size compared. */
  readonly imagesDir?: string | undefined;
  /** Called after each picture of `imagesDir`. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Checks a data set: references between ids, valid masks and boxes, consistent fields, matching picture
 * files. The form of the records was already checked by `readCocoDataset`.
 * @returns All problems: first the data set's own, then those of images, categories and annotations in file
 * order, then those of picture files.
 * @example
 * ```ts
 * import { checkDataset, formatProblem, readCocoDataset } from 'mask-rcnn';
 *
 * const dataset = await readCocoDataset('train.json');
 * for (const problem of await checkDataset(dataset, { imagesDir: 'pictures' })) {
 *   console.log(formatProblem(problem));
 * }
 * ```
 */
export async function checkDataset(dataset: CocoDataset, options: CheckOptions = {}): Promise<Problem[]> {
  checkOptions('checkDataset', options, { imagesDir: true, onProgress: true, page: true, channel: true });
  const data = dataset instanceof CocoData ? dataset : new CocoData(dataset);
  const found = [
    ...checkWhole(data),
    ...duplicates(data.images, 'images', ({ id }) => ({ imageId: id }), sameImage),
    ...duplicates(data.categories, 'categories', ({ id }) => ({ categoryId: id }), sameCategory),
    ...duplicates(
      data.annotations,
      'annotations',
      ({ id }) => ({ annotationId: id }),
      () => true,
    ),
    ...sameNames(data),
    ...emptyNames(data),
    ...unusedCategories(data),
    ...checkAnnotations(data),
  ];
  const { imagesDir, onProgress, page, channel } = options;
  if (imagesDir === undefined) return found;
  const location = { folder: imagesDir, page, channel };
  return [...found, ...(await checkPictures(data.images, location, onProgress))];
}

function checkWhole({ images, annotations, categories }: CocoDataset): Problem[] {
  const found: Problem[] = [];
  if (images.length === 0) found.push(problem('no-images', {}, 'images: expected at least one, got none'));
  if (categories.length === 0) {
    found.push(problem('no-categories', {}, 'categories: expected at least one, got none'));
  }
  if (annotations.length === 0) {
    found.push(problem('no-annotations', {}, 'annotations: expected at least one, got none'));
    return found;
  }
  if (annotations.every(({ iscrowd }) => iscrowd === 1)) {
    const message = `iscrowd: expected single objects (0) too, got 1 in all ${annotations.length} annotations`;
    found.push(problem('all-crowd', {}, message));
  }
  const withoutArea = annotations.filter(({ area }) => area === undefined).length;
  if (withoutArea > 0) {
    const message = `area: expected in every annotation, got none in ${withoutArea} of ${annotations.length}; it is taken from the mask or box`;
    found.push(problem('no-area', {}, message));
  }
  if (annotations.every(({ segmentation }) => segmentation === undefined)) {
    found.push(
      problem(
        'no-mask',
        {},
        'segmentation: expected masks, got none in any annotation; only boxes can be trained',
      ),
    );
  }
  return found;
}

/**
 * Records that share an id. Equal images and categories count once in training and evaluation, annotations each.
 * @param isHarmless Whether two records with one id do no harm.
 */
function* duplicates<T extends { readonly id: number }>(
  records: readonly T[],
  list: string,
  place: (record: T) => ProblemPlace,
  isHarmless: (first: T, second: T) => boolean,
): Generator<Problem> {
  const firstIndex = new Map<number, number>();
  for (const [index, record] of records.entries()) {
    const first = firstIndex.get(record.id);
    if (first === undefined) firstIndex.set(record.id, index);
    else {
      const message = `id: expected a unique id, got ${record.id}, which ${list}[${first}] already has`;
      const code = isHarmless(records[first], record) ? 'repeated-id' : 'duplicate-id';
      yield problem(code, { record: `${list}[${index}]`, ...place(record) }, message);
    }
  }
}

function* sameNames({ images, categories }: CocoDataset): Generator<Problem> {
  const fileOf = new Map<string, number>();
  for (const image of images) {
    const { id, file_name } = image;
    if (file_name === undefined) continue;
    const key = pictureKey({ ...image, file_name });
    const first = fileOf.get(key);
    if (first === undefined) fileOf.set(key, id);
    else if (first !== id) {
      const message = `file_name: expected a unique file, got that of image ${first}`;
      yield problem('duplicate-name', { imageId: id, file: file_name }, message);
    }
  }
  const categoryOf = new Map<string, number>();
  for (const { id, name } of categories) {
    const first = categoryOf.get(name);
    if (first === undefined) categoryOf.set(name, id);
    else if (first !== id) {
      const message = `name: expected a unique name, got ${JSON.stringify(name)}, that of category ${first}`;
      yield problem('duplicate-name', { categoryId: id }, message);
    }
  }
}

function* emptyNames({ categories }: CocoDataset): Generator<Problem> {
  for (const { id, name } of categories) {
    if (name.trim() !== '') continue;
    yield problem(
      'empty-name',
      { categoryId: id },
      `name: expected the name of a class, got ${preview(name)}`,
    );
  }
}

function* unusedCategories({ annotations, categories }: CocoDataset): Generator<Problem> {
  if (annotations.length === 0) return;
  const used = new Set(annotations.map(({ category_id }) => category_id));
  for (const { id, name } of categories) {
    if (used.has(id)) continue;
    yield problem(
      'unused-category',
      { categoryId: id },
      `expected annotations of ${JSON.stringify(name)}, got none`,
    );
  }
}

function* checkAnnotations(data: CocoData): Generator<Problem> {
  const someHaveMasks = data.annotations.some(({ segmentation }) => segmentation !== undefined);
  for (const annotation of data.annotations) {
    const { id, image_id, category_id, segmentation, bbox } = annotation;
    const image = data.image(image_id);
    const place = {
      annotationId: id,
      imageId: image_id,
      ...(image?.file_name === undefined ? {} : { file: image.file_name }),
    };
    const category = data.category(category_id);
    if (category === undefined) {
      yield problem(
        'unknown-category',
        place,
        `category_id: expected the id of a category, got ${category_id}`,
      );
    }
    if (image === undefined) {
      yield problem('unknown-image', place, `image_id: expected the id of an image, got ${image_id}`);
      continue;
    }
    if (someHaveMasks && segmentation === undefined && bbox !== undefined) {
      yield problem('no-mask', place, 'segmentation: expected a mask, as other annotations have, got none');
    }
    if (image.neg_category_ids?.includes(category_id)) {
      const message = `category_id: expected a category that the picture may contain, got ${category_id}, which its neg_category_ids list as absent`;
      yield problem('absent-annotated', place, message);
    }
    yield* checkAnnotation(annotation, image, category);
  }
}

/** Counts of a data set and of its problems. */
export interface DatasetSummary {
  readonly images: number;
  readonly annotations: number;
  readonly categories: number;
  /** Annotations with `iscrowd` 1. */
  readonly crowds: number;
  readonly imagesWithoutAnnotations: number;
  /** Images whose `neg_category_ids` or `not_exhaustive_category_ids` leave some category unknown or inexhaustive. */
  readonly partialImages: number;
  readonly fatal: number;
  readonly warnings: number;
  /** Problems by code, most frequent first. */
  readonly byCode: Readonly<Partial<Record<Problem['code'], number>>>;
}

/**
 * The summary that `check-data` prints below the problems.
 * @example
 * ```ts
 * import { checkDataset, readCocoDataset, summarise } from 'mask-rcnn';
 *
 * const dataset = await readCocoDataset('train.json');
 * const { images, annotations, fatal } = summarise(dataset, await checkDataset(dataset));
 * console.log(`${images} images, ${annotations} annotations, ${fatal} fatal problems`);
 * ```
 */
export function summarise(dataset: CocoDataset, problems: readonly Problem[]): DatasetSummary {
  const data = dataset instanceof CocoData ? dataset : new CocoData(dataset);
  const annotated = new Set(dataset.annotations.map(({ image_id }) => image_id));
  const counts = new Map<Problem['code'], number>();
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1);
  const fatal = problems.filter(({ severity }) => severity === 'fatal').length;
  return {
    images: dataset.images.length,
    annotations: dataset.annotations.length,
    categories: dataset.categories.length,
    crowds: dataset.annotations.filter(({ iscrowd }) => iscrowd === 1).length,
    partialImages: dataset.images.filter((image) => !isCovered(image, data)).length,
    imagesWithoutAnnotations: dataset.images.filter(({ id }) => !annotated.has(id)).length,
    fatal,
    warnings: problems.length - fatal,
    byCode: Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)),
  };
}

/** Whether every category is known and annotated exhaustively in an image. */
function isCovered(image: CocoImage, dataset: CocoData): boolean {
  const coverage = coverageOf(image, dataset.annotationsOf(image.id));
  return coverage === null || dataset.categories.every(({ id }) => coverage.isExhaustive(id));
}
