import type { Category } from '../config/schema.ts';
import { UsageError } from '../core/errors.ts';
import { checkList } from '../core/options.ts';
import type { InstanceJson, Prediction } from './instance.ts';
import type { LineStart, ResultLine } from './result-line.ts';

/** One record of COCO results, with the category's name added for readers. */
export interface CocoResultRecord extends InstanceJson {
  image_id: number;
}

/** A record with the picture's file as well. */
export interface ResultEntry extends CocoResultRecord {
  file_name: string;
  /** Of a stack, from 1. */
  page?: number;
}

/** Gives each category its id in the results; null where they do not have it. */
export interface CategoryIds {
  categoryId(category: Category): number | null;
}

/** The instances of a picture in COCO's form; those of a category without an id are left out. */
export function identifiedInstances({ instances }: Prediction, ids: CategoryIds): InstanceJson[] {
  return instances.flatMap((instance) => {
    const categoryId = ids.categoryId(instance.category);
    return categoryId === null ? [] : [{ ...instance.toJSON(), category_id: categoryId }];
  });
}

/** The instances of one picture as records of COCO results; see `identifiedInstances`. */
export function resultEntries(
  { path, page, imageId }: { path: string; page?: number | undefined; imageId: number },
  prediction: Prediction,
  ids: CategoryIds,
): ResultEntry[] {
  const place = placeOf({ image_id: imageId, file_name: path, page });
  return identifiedInstances(prediction, ids).map((instance) => ({ ...place, ...instance }));
}

/** The instances of a line of NDJSON as records of COCO results; none for a picture that has an error. */
export function entriesOfLine(line: ResultLine): ResultEntry[] {
  if ('error' in line) return [];
  const place = placeOf(line);
  return line.instances.map((instance) => ({ ...place, ...instance }));
}

/** The fields of a record that say which picture it is of. */
export function placeOf({
  image_id,
  file_name,
  page,
}: Pick<LineStart, 'image_id' | 'file_name' | 'page'>): Pick<ResultEntry, 'image_id' | 'file_name' | 'page'> {
  return { image_id, file_name, ...(page === undefined ? {} : { page }) };
}

/** What `toCocoResults` takes a list of. */
const pairs = 'pairs of an image id and its prediction';

/**
 * Predictions as the array of a COCO results file (https://cocodataset.org/#format-results), masks as compressed
 * RLE. Category ids are the model's.
 * @param predictions Pairs of a picture's id in the data set and its prediction: a `Map`, or `predictions.entries()` of
 *   an array, which numbers the pictures from 0.
 * @throws UsageError where no list is given, or an element is not such a pair.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { load, toCocoResults } from 'mask-rcnn';
 *
 * const model = await load('nuclei');
 * const predictions = await model.predict(['pictures/1.png', 'pictures/2.png']);
 * const results = toCocoResults([
 *   [1, predictions[0]],
 *   [2, predictions[1]],
 * ]);
 * await writeFile('my-results.json', JSON.stringify(results));
 * await model.dispose();
 * ```
 */
export function toCocoResults(
  predictions: Iterable<readonly [imageId: number, prediction: Prediction]>,
): CocoResultRecord[] {
  checkList('toCocoResults', predictions, pairs);
  return Array.from(predictions, (pair) => {
    const [imageId, prediction] = Array.isArray(pair) ? (pair as [number, Prediction]) : [Number.NaN];
    if (!Number.isInteger(imageId) || !prediction?.instances) {
      throw new UsageError(`toCocoResults: expected ${pairs}`);
    }
    return prediction.instances.map((instance) => ({ image_id: imageId, ...instance.toJSON() }));
  }).flat();
}
