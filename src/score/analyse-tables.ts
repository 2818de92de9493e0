import type { CocoData } from '../data/coco/dataset.ts';
import type { ResultsTable } from '../data/coco/results-table.ts';
import type { AnalysedErrors, AnalysedModel } from '../eval/analysed.ts';
import { compareAnalyses } from '../eval/comparison.ts';
import { ErrorAnalyser } from '../eval/error-analyser.ts';
import { type MarkedPicture, markPicture } from '../eval/marked-picture.ts';
import { type ParamOverrides, paramsFor } from './coco-evaluator.ts';
import { scoreResults } from './score-results.ts';

/** The results of one model, read. */
export interface ReadResults {
  readonly results: ResultsTable;
  /** Minimum score. Default 0.5. */
  readonly score?: number | undefined;
}

export interface AnalyseTablesOptions {
  readonly type: 'bbox' | 'segm';
  readonly overrides: ParamOverrides;
  /** Number of bootstrap samples. Default 1000. */
  readonly samples?: number | undefined;
  readonly compare?: ReadResults | undefined;
  /** Called after each picture with the number of pictures done so far, counted for each model. */
  readonly onPicture?: (done: number) => void;
}

/** Analyses errors as `analyseErrors` does, of data that has been read. */
export function analyseTables(
  dataset: CocoData,
  first: ReadResults,
  { type, overrides, samples, compare, onPicture }: AnalyseTablesOptions,
): AnalysedErrors {
  const params = paramsFor(dataset, type, overrides);
  const analyse = ({ results, score }: ReadResults, before: number) => {
    const analyser = new ErrorAnalyser(params, dataset.categories, { score, samples });
    const report = onPicture && ((done: number) => onPicture(before + done));
    scoreResults(
      dataset,
      results,
      { type, acrossCategories: true, ...(report && { onPicture: report }) },
      analyser,
    );
    return { analyser, ...analyser.result(), results };
  };
  const a = analyse(first, 0);
  const b = compare && analyse(compare, dataset.images.length);
  const comparison = b && compareAnalyses(a.analyser, b.analyser, samples);
  const differing = comparison?.pictures.map(({ imageId }) => imageId) ?? [];
  const model = ({ analyser, analysis, evaluation, results }: ReturnType<typeof analyse>): AnalysedModel => {
    const ids = new Set([...analysis.worst.map(({ imageId }) => imageId), ...differing]);
    return { analysis, evaluation, pictures: markPictures(dataset, results, analyser, ids) };
  };
  return { ...model(a), compared: b && comparison ? { ...model(b), comparison } : null };
}

/** Reads the masks of some pictures again, and marks what is wrong in them. In the order of `ids`. */
function markPictures(
  dataset: CocoData,
  results: ResultsTable,
  analyser: ErrorAnalyser,
  ids: ReadonlySet<number>,
): MarkedPicture[] {
  const marked = new Map<number, MarkedPicture>();
  const marker = {
    add(...[imageId, truths, detections]: Parameters<ErrorAnalyser['add']>) {
      const pairs = analyser.pairsOf(imageId, truths, detections);
      marked.set(imageId, markPicture(pairs, analyser.scoreThreshold, analyser.thresholds));
    },
  };
  const type = analyser.params.type;
  scoreResults(dataset, results, { type, acrossCategories: true, only: ids }, marker);
  return [...ids].flatMap((id) => marked.get(id) ?? []);
}
