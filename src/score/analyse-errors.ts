import { UsageError } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import type { CocoData } from '../data/coco/coco.ts';
import type { ResultsTable } from '../data/coco/results-table.ts';
import type { CocoResult } from '../data/coco/types.ts';
import type { AnalysedErrors, AnalysedModel } from '../eval/analysed.ts';
import { compareAnalyses } from '../eval/comparison.ts';
import { ErrorAnalyser } from '../eval/error-analyser.ts';
import { type MarkedPicture, markPicture } from '../eval/marked-picture.ts';
import { evalParams } from '../eval/params.ts';
import { type EvalInput, readGroundTruth, readResults } from './coco-eval.ts';
import { type ParamOverrides, paramsFor } from './coco-evaluator.ts';
import { evaluationNotes } from './evaluation-notes.ts';
import { scoreResults } from './score-results.ts';

/** The second of two models. */
export interface ComparedResults {
  /** Path of a COCO results file, or its records. */
  readonly results: string | readonly CocoResult[];
  /** Its minimum score. Default: that of the first. */
  readonly score?: number | undefined;
}

/** What to analyse; COCO's parameters can be replaced. */
export interface AnalyseErrorsOptions extends Omit<EvalInput, 'type'>, Omit<ParamOverrides, 'sigmas'> {
  /** Default `segm`. */
  readonly type?: 'bbox' | 'segm' | undefined;
  /** Minimum score of the detections that a user sees. Default 0.5. */
  readonly score?: number | undefined;
  /** Number of bootstrap samples, from which intervals are computed. Default 1000. */
  readonly samples?: number | undefined;
  /** Results of a second model on the same data set, to compare with the first. */
  readonly compare?: ComparedResults | undefined;
}

/**
 * Analyses where a model is wrong, as `mask-rcnn eval --report` does: what each kind of error costs, which categories are
 * confused, at which score threshold to run, whether scores can be trusted, and the worst pictures.
 * @throws InputError that names the file and the record at fault; UsageError where an option is unknown or out of range.
 * @example
 * ```ts
 * import { analyseErrors } from 'mask-rcnn';
 *
 * const { analysis } = await analyseErrors({ groundTruth: 'train.json', results: 'results.json', score: 0.1 });
 * for (const { kind, count, cost } of analysis.tide.errors) console.log(kind, count, cost.toFixed(3));
 * console.log('best threshold', analysis.best?.threshold);
 * ```
 */
export async function analyseErrors(options: AnalyseErrorsOptions): Promise<AnalysedErrors> {
  checkOptions('analyseErrors', options, {
    groundTruth: true,
    results: true,
    type: true,
    onNote: true,
    iouThresholds: true,
    recallThresholds: true,
    areas: true,
    maxDetections: true,
    score: true,
    samples: true,
    compare: true,
  });
  const { groundTruth, results, type = 'segm', onNote, score, samples, compare, ...overrides } = options;
  if (!['bbox', 'segm'].includes(type)) throw new UsageError(`type: expected bbox or segm, got ${type}`);
  evalParams(type, overrides);
  const dataset = await readGroundTruth(groundTruth);
  const table = await readResults(results, dataset);
  const other = compare && {
    results: await readResults(compare.results, dataset),
    score: compare.score ?? score,
  };
  for (const read of [table, ...(other ? [other.results] : [])])
    for (const note of evaluationNotes(dataset, read)) onNote?.(note);
  return analyseTables(dataset, { results: table, score }, { type, overrides, samples, compare: other });
}

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

/** As `analyseErrors`, of data that has been read. */
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
