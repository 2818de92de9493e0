import { checkOptions } from '../core/options.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import { cocoDataFrom, cocoResultsFrom } from '../data/coco/in-memory.ts';
import { openDataset } from '../data/coco/open-dataset.ts';
import { readCocoResults } from '../data/coco/results.ts';
import type { ResultsTable } from '../data/coco/results-table.ts';
import type { CocoDataset, CocoResult } from '../data/coco/types.ts';
import { uniqueRecords } from '../data/coco/unique-records.ts';
import type { CocoEvaluation } from '../eval/accumulate.ts';
import { InstanceAccuracyEvaluator, type InstanceAccuracyResult } from '../eval/instance-accuracy.ts';
import { type EvalType, evalParams } from '../eval/params.ts';
import { cocoEvaluator, type ParamOverrides, paramsFor } from './coco-evaluator.ts';
import { type CocoSummary, summariseCoco } from './coco-summary.ts';
import { evaluationNotes } from './evaluation-notes.ts';
import { scoreResults } from './score-results.ts';

/** The data to evaluate. */
export interface EvalInput {
  /** Path of a COCO JSON file, or a data set in memory. */
  readonly groundTruth: string | CocoDataset;
  /** Path of a COCO results file, or its records. */
  readonly results: string | readonly CocoResult[];
  /** Default `segm`. */
  readonly type?: EvalType | undefined;
  /** Called with each line that a user should see, such as that results of unknown categories are ignored. */
  readonly onNote?: ((line: string) => void) | undefined;
}

const inputNames = { groundTruth: true, results: true, type: true, onNote: true } as const;

/** What to evaluate; COCO's parameters can be replaced. */
export interface CocoEvalOptions extends EvalInput, ParamOverrides {}

/** What to evaluate by the metric of nucleus segmentation. */
export interface NucleiEvalOptions extends EvalInput, Pick<ParamOverrides, 'iouThresholds' | 'sigmas'> {
  /** Minimum score of a detection that counts. Default 0.5. */
  readonly score?: number | undefined;
}

/** The metrics of an evaluation, and its curves. */
export interface CocoEvalResult extends CocoSummary {
  readonly evaluation: CocoEvaluation;
}

/**
 * Scores COCO results against their ground truth, as `mask-rcnn coco-eval` does: every metric is that of COCO's own
 * evaluator.
 * @throws InputError that names the file and the record at fault; UsageError where an option is unknown or out of range.
 * @example
 * ```ts
 * import { cocoEval } from 'mask-rcnn';
 *
 * const { stats, perCategory } = await cocoEval({
 *   groundTruth: 'train.json',
 *   results: 'results.json',
 *   type: 'segm',
 * });
 * console.log(`AP ${stats[0].toFixed(3)}`);
 * for (const { name, AP } of perCategory) console.log(name, AP);
 * ```
 */
export async function cocoEval(options: CocoEvalOptions): Promise<CocoEvalResult> {
  checkOptions('cocoEval', options, {
    ...inputNames,
    iouThresholds: true,
    recallThresholds: true,
    areas: true,
    maxDetections: true,
    sigmas: true,
  });
  const { dataset, table, params } = await readInput(options);
  const evaluator = cocoEvaluator(dataset, params);
  scoreResults(dataset, table, params, evaluator);
  const evaluation = evaluator.result();
  return { ...summariseCoco(evaluation), evaluation };
}

/**
 * Scores results by TP / (TP + FP + FN) at each threshold, as `mask-rcnn coco-eval --metric nuclei` does.
 * @throws what `cocoEval` throws.
 * @example
 * ```ts
 * import { nucleiEval } from 'mask-rcnn';
 *
 * const { thresholds, meanPooled } = await nucleiEval({
 *   groundTruth: 'train.json',
 *   results: 'results.json',
 *   iouThresholds: [0.5, 0.75],
 *   score: 0.1,
 * });
 * for (const { threshold, pooled } of thresholds) console.log(threshold, pooled);
 * console.log(meanPooled);
 * ```
 */
export async function nucleiEval(options: NucleiEvalOptions): Promise<InstanceAccuracyResult> {
  checkOptions('nucleiEval', options, { ...inputNames, iouThresholds: true, sigmas: true, score: true });
  const { score, ...rest } = options;
  const { dataset, table, params } = await readInput(rest);
  const evaluator = new InstanceAccuracyEvaluator(params, score);
  scoreResults(dataset, table, params, evaluator);
  return evaluator.result();
}

/** Reads and checks the data; parameters are checked before, since files may take long to read. */
async function readInput({ groundTruth, results, type = 'segm', onNote, ...overrides }: CocoEvalOptions) {
  evalParams(type, overrides);
  const dataset = await readGroundTruth(groundTruth, onNote);
  const table = await readResults(results, dataset);
  for (const note of evaluationNotes(dataset, table)) onNote?.(note);
  return { dataset, table, params: paramsFor(dataset, type, overrides) };
}

/** A data set from a file or from memory. */
export async function readGroundTruth(
  groundTruth: EvalInput['groundTruth'],
  onNote?: (line: string) => void,
): Promise<CocoData> {
  return typeof groundTruth === 'string'
    ? openDataset(groundTruth, { onNote })
    : uniqueRecords(cocoDataFrom(groundTruth, 'the ground truth'), onNote);
}

/** Results from a file or from memory. */
export async function readResults(results: EvalInput['results'], dataset: CocoData): Promise<ResultsTable> {
  return typeof results === 'string'
    ? readCocoResults(results, dataset)
    : cocoResultsFrom(results, dataset, 'the results');
}
