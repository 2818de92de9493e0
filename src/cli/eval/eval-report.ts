import { extname } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { largest } from '../../core/extremes.ts';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { oneLine } from '../../core/printable.ts';
import type { CocoData } from '../../data/coco/dataset.ts';
import type { ResultsTable } from '../../data/coco/results-table.ts';
import type { CocoEvaluation } from '../../eval/accumulate.ts';
import type { AnalysedErrors } from '../../eval/analysed.ts';
import { InstanceAccuracyEvaluator, type InstanceAccuracyResult } from '../../eval/instance-accuracy.ts';
import { evalParams } from '../../eval/params.ts';
import { formatMetrics } from '../../eval/summary.ts';
import { cocoEvaluator, paramsFor } from '../../score/coco-evaluator.ts';
import { type CocoSummary, summariseCoco } from '../../score/coco-summary.ts';
import type { EvalThreads } from '../../score/eval-threads.ts';
import { requireSegmentations } from '../../score/eval-truth.ts';
import { evaluationNotes } from '../../score/evaluation-notes.ts';
import { scoreResults } from '../../score/score-results.ts';
import { warn, writeJson, writeText } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { analysingOptions, checkAnalysingOptions } from './analysing-options.ts';
import { type EvalOptions, overridesOf } from './eval-options.ts';
import type { Evaluated } from './evaluated.ts';

/**
 * Rejects invalid combinations of options before hours of work.
 * @throws UsageError
 */
export function checkEvalOptions(options: EvalOptions): void {
  evalParams(options.type, overridesOf(options));
  const { plot, metric } = options;
  if (plot !== undefined && !['.svg', '.png'].includes(extname(plot).toLowerCase())) {
    throw new UsageError(`--plot ${plot}: expected a name that ends in .svg or .png`);
  }
  if (plot !== undefined && metric === 'nuclei') throw new UsageError('--plot draws the coco metric only');
  checkAnalysingOptions(options);
}

/**
 * Scores results against their data set, and prints or writes the output that the options request.
 * @param threads Score COCO's metrics, if they are alone.
 * @returns The analysis of errors, if an option needs it.
 */
export async function reportEvaluation(
  dataset: CocoData,
  evaluated: Evaluated,
  options: EvalOptions,
  threads: EvalThreads | null = null,
): Promise<AnalysedErrors | null> {
  if (options.type === 'segm') requireSegmentations(dataset);
  const { results, compare } = evaluated;
  for (const table of [results, ...(compare ? [compare.results] : [])])
    for (const warning of evaluationNotes(dataset, table)) warn(warning);
  const params = paramsFor(dataset, options.type, overridesOf(options));
  if (options.metric === 'nuclei') {
    const evaluator = new InstanceAccuracyEvaluator(params, options.score);
    await evaluating(results, (onPicture) =>
      scoreResults(dataset, results, { type: options.type, onPicture }, evaluator),
    );
    await reportAccuracy(evaluator.result(), options);
    return null;
  }
  if (analysingOptions(options).length > 0) {
    // Not at the start: it loads what decodes pictures.
    const { analyse, analysisJson, printAnalysis, writeErrorReport } = await import('./error-analysis.ts');
    const analysed = await analyse(dataset, evaluated, options);
    await reportCoco(analysed.evaluation, options, analysisJson(analysed));
    if (options.json !== '-') await printAnalysis(analysed, evaluated);
    const target = options.report;
    if (target !== undefined) await writeErrorReport(dataset, { analysed, evaluated, options, target });
    return analysed;
  }
  const evaluation = await evaluating(results, (onPicture) => {
    if (threads !== null) return threads.score(dataset, results, params, onPicture);
    const evaluator = cocoEvaluator(dataset, params);
    scoreResults(dataset, results, { type: options.type, onPicture }, evaluator);
    return evaluator.result();
  });
  await reportCoco(evaluation, options);
  return null;
}

function evaluating<T>(
  { images }: ResultsTable,
  evaluate: (onPicture: (done: number) => void) => T | Promise<T>,
): Promise<T> {
  const shown = { total: images.length, unit: 'pictures' };
  return withProgress('evaluating', shown, async (progress) => {
    const evaluated = await evaluate((done) => {
      if (done % 100 === 0) progress.update(done);
    });
    progress.update(images.length);
    return evaluated;
  });
}

/** @param more Added to the JSON. */
async function reportCoco(
  evaluation: CocoEvaluation,
  options: EvalOptions,
  more: object = {},
): Promise<void> {
  const summary = summariseCoco(evaluation);
  if (options.plot !== undefined) await writePlot(evaluation, summary, options.plot);
  if (options.json !== undefined) {
    await writeJson(options.json, {
      ...summary,
      ...(options.arrays ? { arrays: arraysOf(evaluation) } : {}),
      ...more,
    });
  }
  if (options.json === '-') return;
  const table = options.perClass ? `\n\n${classTable(summary)}` : '';
  await writeText('-', `${formatMetrics(summary.metrics, evaluation)}${table}\n`);
}

function arraysOf({ params, categories, precision, recall, scores }: CocoEvaluation) {
  return {
    layout: 'precision and scores [T, R, K, A, M], recall [T, K, A, M], row-major',
    shape: {
      T: params.iouThresholds.length,
      R: params.recallThresholds.length,
      K: categories.length,
      A: params.areas.length,
      M: params.maxDetections.length,
    },
    precision: Array.from(precision),
    recall: Array.from(recall),
    scores: Array.from(scores),
  };
}

/** Rows in the order of the ids; — if a class has no object. */
function classTable({ metrics: all, perCategory }: CocoSummary): string {
  const heads = all.map(({ metric, iou, area, maxDetections }) => {
    if (iou !== null) return `${metric}${Math.round(100 * iou)}`;
    if (area !== all[0].area) return `${metric} ${area}`;
    return metric === 'AR' ? `AR ${maxDetections}` : 'AP';
  });
  const rows = perCategory.map(({ name, stats }) => [
    oneLine(name),
    ...stats.map((value) => (value < 0 ? '—' : value.toFixed(3))),
  ]);
  const lines = [['class', ...heads], ...rows];
  const widths = lines[0].map((_, column) => largest(lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
        .join('  '),
    )
    .join('\n');
}

async function writePlot(
  evaluation: CocoEvaluation,
  { stats, perCategory }: CocoSummary,
  path: string,
): Promise<void> {
  const { evaluationPlot, renderPlot } = await import('../../vis/evaluation-plot.ts');
  const { params } = evaluation;
  const svg = evaluationPlot({
    title: `${params.type}: AP ${stats[0].toFixed(3)}`,
    recalls: params.recallThresholds,
    curves: params.iouThresholds.map((threshold, t) => ({
      label: `IoU ${threshold.toFixed(2)}`,
      precision: params.recallThresholds.map((_, r) => meanPrecision(evaluation, t, r)),
    })),
    bars: perCategory
      .filter(({ AP }) => AP >= 0)
      .map(({ name, AP, AP50 }) => ({ label: name, value: AP, marker: AP50 })),
  });
  await writeAtomically(path, extname(path).toLowerCase() === '.png' ? await renderPlot(svg) : svg);
}

/**
 * Precision at a threshold and recall, averaged over the classes that have objects; all areas, most
 * detections.
 */
function meanPrecision({ params, categories, precision }: CocoEvaluation, t: number, r: number): number {
  const stride = params.areas.length * params.maxDetections.length;
  const row = (t * params.recallThresholds.length + r) * categories.length;
  const values = categories
    .map((_, k) => precision[(row + k) * stride + params.maxDetections.length - 1])
    .filter((value) => value > -1);
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function reportAccuracy(result: InstanceAccuracyResult, options: EvalOptions): Promise<void> {
  if (options.json !== undefined)
    await writeJson(options.json, { type: options.type, metric: 'nuclei', ...result });
  if (options.json === '-') return;
  const rows = result.thresholds.map(
    ({ threshold, truePositives, falsePositives, falseNegatives, pooled, perPicture }) =>
      `  ${threshold.toFixed(2)}  ${[truePositives, falsePositives, falseNegatives].map((n) => String(n).padStart(8)).join('')}` +
      `${pooled.toFixed(3).padStart(10)}${perPicture.toFixed(3).padStart(14)}`,
  );
  const title = `TP/(TP+FP+FN) of detections that score ${result.scoreThreshold} or more`;
  const mean = `  mean${' '.repeat(24)}${result.meanPooled.toFixed(3).padStart(10)}${result.meanPerPicture.toFixed(3).padStart(14)}`;
  const head = '   IoU        TP      FP      FN    pooled   per picture';
  await writeText('-', `${[title, head, ...rows, mean].join('\n')}\n`);
}
