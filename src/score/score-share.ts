import { CocoData } from '../data/coco/dataset.ts';
import {
  type PackedAnnotations,
  packAnnotations,
  unpackAnnotations,
} from '../data/coco/packed-annotations.ts';
import type { RecordChunk } from '../data/coco/record-store.ts';
import { ResultsTable } from '../data/coco/results-table.ts';
import type { CocoCategory, CocoImage } from '../data/coco/types.ts';
import type { CocoEvaluation } from '../eval/accumulate.ts';
import { CocoEvaluator } from '../eval/coco-evaluator.ts';
import { scoreResults } from './score-results.ts';

/** Some categories of an evaluation, to be scored by another thread. */
export interface Share {
  /** The file of the data set. */
  readonly source: string;
  readonly images: readonly CocoImage[];
  readonly categories: readonly CocoCategory[];
  /** Of the share's categories. */
  readonly annotations: PackedAnnotations;
  /** All records of the results. */
  readonly chunks: readonly RecordChunk[];
  readonly share: ReadonlySet<number>;
  /** Receives the curves of the share's categories. */
  readonly evaluation: CocoEvaluation;
}

/** The share of some categories. */
export function shareOf(
  dataset: CocoData,
  { chunks }: ResultsTable,
  evaluation: CocoEvaluation,
  share: ReadonlySet<number>,
): Share {
  return {
    source: dataset.source,
    images: dataset.images.map(scoredFields),
    categories: dataset.categories,
    annotations: packAnnotations(dataset.annotations.filter(({ category_id: id }) => share.has(id))),
    chunks,
    share,
    evaluation,
  };
}

/** Without names, which take long to send. */
function scoredFields({
  id,
  width,
  height,
  neg_category_ids: absent,
  not_exhaustive_category_ids: partial,
}: CocoImage): CocoImage {
  return {
    id,
    width,
    height,
    ...(absent && { neg_category_ids: absent }),
    ...(partial && { not_exhaustive_category_ids: partial }),
  };
}

/** Scores a share in the thread that received it. @throws what `scoreResults` throws. */
export function scoreShare({
  source,
  images,
  categories,
  annotations,
  chunks,
  share,
  evaluation,
}: Share): void {
  const dataset = new CocoData({ images, categories, annotations: unpackAnnotations(annotations) }, source);
  scoreCategories(dataset, new ResultsTable('the results', images, chunks), evaluation, share);
}

/**
 * Scores some categories.
 * @param evaluation Receives their curves.
 * @throws what `scoreResults` throws.
 */
export function scoreCategories(
  dataset: CocoData,
  { source, images, chunks }: ResultsTable,
  evaluation: CocoEvaluation,
  share: ReadonlySet<number>,
  onPicture?: (done: number) => void,
): void {
  const { params, categories } = evaluation;
  const annotations = dataset.annotations.filter(({ category_id: id }) => share.has(id));
  const evaluator = new CocoEvaluator(
    params,
    categories.filter(({ id }) => share.has(id)),
  );
  scoreResults(
    new CocoData({ ...dataset, annotations }, dataset.source),
    new ResultsTable(source, images, chunks, share),
    { type: params.type, ...(onPicture && { onPicture }) },
    evaluator,
  );
  evaluator.addTo(evaluation);
}

/**
 * Divides the categories of objects and detections, evaluated or not, into shares of about the same work: the largest goes
 * to the smallest share.
 * @returns [shares] of category ids.
 */
export function divideCategories(dataset: CocoData, results: ResultsTable, shares: number): Set<number>[] {
  const work = new Map(results.categoryCounts());
  for (const { category_id: id } of dataset.annotations) work.set(id, (work.get(id) ?? 0) + annotationWork);
  const divided = Array.from({ length: shares }, () => ({ ids: new Set<number>(), work: 0 }));
  for (const [id, amount] of [...work].sort((a, b) => b[1] - a[1])) {
    const smallest = divided.reduce((a, b) => (b.work < a.work ? b : a));
    smallest.ids.add(id);
    smallest.work += amount;
  }
  return divided.map(({ ids }) => ids);
}

/** Work of an object in units of that of a detection. */
const annotationWork = 4;
