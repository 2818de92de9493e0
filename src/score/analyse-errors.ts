import { UsageError } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import type { CocoResult } from '../data/coco/types.ts';
import type { AnalysedErrors } from '../eval/analysed.ts';
import { evalParams } from '../eval/params.ts';
import { checkScoreThreshold } from '../eval/score-threshold.ts';
import { analyseTables } from './analyse-tables.ts';
import { type EvalInput, readGroundTruth, readResults } from './coco-eval.ts';
import type { ParamOverrides } from './coco-evaluator.ts';
import { evaluationNotes } from './evaluation-notes.ts';

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
  checkScoreThreshold('score', score);
  if (samples !== undefined && !(Number.isInteger(samples) && samples >= 0)) {
    throw new UsageError(`samples: expected a whole number of at least 0, got ${String(samples)}`);
  }
  checkOptions('analyseErrors: compare', compare, { results: true, score: true });
  checkScoreThreshold('compare.score', compare?.score);
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
