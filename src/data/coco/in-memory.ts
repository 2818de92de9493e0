import { InputError } from '../../core/errors.ts';
import { jsonBytesOf } from '../json/value-bytes.ts';
import { AnnotationParser } from './annotation-parser.ts';
import { CocoData } from './dataset.ts';
import { formatProblem, type Problem, preview } from './problems.ts';
import { checkCategory, checkImage } from './record-checks.ts';
import { RecordReader } from './record-reader.ts';
import { RecordStore } from './record-store.ts';
import { ResultsTable } from './results-table.ts';
import type { CocoAnnotation, CocoDataset, CocoResult } from './types.ts';

/**
 * A data set in memory, checked as `readCocoDataset` checks a file. One that it returned is not checked again.
 * @param name What messages call it.
 * @throws InputError that names the first malformed record.
 */
export function cocoDataFrom(dataset: CocoDataset, name: string): CocoData {
  if (dataset instanceof CocoData) return dataset;
  const report = (found: Problem) => {
    throw new InputError(name, formatProblem(found));
  };
  for (const key of ['images', 'annotations', 'categories'] as const) {
    if (!Array.isArray(dataset?.[key])) {
      throw new InputError(name, `"${key}": expected an array, got ${preview(dataset?.[key])}`);
    }
  }
  for (const [index, image] of dataset.images.entries()) checkImage(image, index, report);
  for (const [index, category] of dataset.categories.entries()) checkCategory(category, index, report);
  const parser = new AnnotationParser(report);
  const annotations = dataset.annotations.map(
    (annotation, index) => parser.parse(jsonBytesOf(annotation), index) as CocoAnnotation,
  );
  return new CocoData({ ...dataset, annotations }, name);
}

/**
 * Results in memory, checked as `readCocoResults` checks a file.
 * @param dataset The ground truth to which the results belong.
 * @param name What messages call them.
 * @throws what `readCocoResults` throws.
 */
export function cocoResultsFrom(
  results: readonly CocoResult[],
  dataset: Pick<CocoDataset, 'images'>,
  name: string,
): ResultsTable {
  if (!Array.isArray(results)) {
    throw new InputError(name, `expected an array of COCO results, got ${preview(results)}`);
  }
  const store = new RecordStore();
  const reader = new RecordReader(name, store, dataset.images);
  for (const [index, record] of results.entries()) reader.read(jsonBytesOf(record), index);
  return new ResultsTable(name, dataset.images, store.chunks);
}
