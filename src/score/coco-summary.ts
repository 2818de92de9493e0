import type { CocoEvaluation } from '../eval/accumulate.ts';
import type { EvalParams, EvalType } from '../eval/params.ts';
import { type CocoMetric, cocoMetrics } from '../eval/summary.ts';

/** The metrics of one category; −1 where nothing could be measured. */
export interface CategorySummary {
  readonly id: number;
  readonly name: string;
  readonly AP: number;
  readonly AP50: number;
  readonly AP75: number;
  /** In the order of the summary's `metrics`. */
  readonly stats: readonly number[];
}

/** The metrics of an evaluation, as `mask-rcnn coco-eval --json` writes them. */
export interface CocoSummary {
  readonly type: EvalType;
  /** The values of `metrics`: pycocotools' `stats`. */
  readonly stats: readonly number[];
  readonly metrics: readonly CocoMetric[];
  /** By ascending id. */
  readonly perCategory: readonly CategorySummary[];
  readonly params: EvalParams;
}

/** All metrics of an evaluation, over all categories and of each. */
export function summariseCoco(evaluation: CocoEvaluation): CocoSummary {
  const { params, categories } = evaluation;
  const metrics = cocoMetrics(evaluation);
  const perCategory = categories.map(({ id, name }, index) => {
    const stats = cocoMetrics(evaluation, index).map(({ value }) => value);
    const [AP, AP50, AP75] = stats;
    return { id, name, AP, AP50, AP75, stats };
  });
  return { type: params.type, stats: metrics.map(({ value }) => value), metrics, perCategory, params };
}
