import type { CocoEvaluation } from './accumulate.ts';
import type { AreaRange } from './params.ts';

/** One of the metrics that summarise an evaluation. */
export interface CocoMetric {
  /** Average precision or average recall. */
  readonly metric: 'AP' | 'AR';
  /** One threshold, or null for the mean over all. */
  readonly iou: number | null;
  /** Name of the area range. */
  readonly area: string;
  readonly maxDetections: number;
  /** In 0…1; −1 if nothing could be measured. */
  readonly value: number;
}

/**
 * COCO's metrics in its order: for boxes and masks AP, AP50, AP75, AP by area, AR by number of detections, AR
 * by area (twelve with COCO's parameters); for keypoints AP, AP50, AP75, AP by area, then the same for AR
 * (ten). With other parameters the rows follow those; AP uses the greatest number of detections. A threshold
 * that is not among the parameters yields −1.
 * @param category Index into `categories`, for the metrics of a single one.
 * @example
 * ```ts
 * import { cocoEval, cocoMetrics } from 'mask-rcnn';
 *
 * const { evaluation } = await cocoEval({ groundTruth: 'train.json', results: 'results.json' });
 * const small = cocoMetrics(evaluation).find(({ metric, area }) => metric === 'AP' && area === 'small');
 * console.log(small?.value);
 * ```
 */
export function cocoMetrics(evaluation: CocoEvaluation, category?: number): CocoMetric[] {
  const { type, areas, maxDetections } = evaluation.params;
  const most = maxDetections.length - 1;
  const metricOf = (
    metric: CocoMetric['metric'],
    choice: { iou?: number; area?: number; most?: number },
  ): CocoMetric => ({
    metric,
    iou: choice.iou ?? null,
    area: areas[choice.area ?? 0].name,
    maxDetections: maxDetections[choice.most ?? most],
    value: meanOf(evaluation, metric, {
      iou: choice.iou ?? null,
      area: choice.area ?? 0,
      most: choice.most ?? most,
      category: category ?? null,
    }),
  });
  const byArea = (metric: CocoMetric['metric']) => restOf(areas).map((area) => metricOf(metric, { area }));
  const byIou = (metric: CocoMetric['metric']) => [
    metricOf(metric, {}),
    metricOf(metric, { iou: 0.5 }),
    metricOf(metric, { iou: 0.75 }),
  ];
  const precision = [...byIou('AP'), ...byArea('AP')];
  const recall =
    type === 'keypoints' ? byIou('AR') : maxDetections.map((_, m) => metricOf('AR', { most: m }));
  return [...precision, ...recall, ...byArea('AR')];
}

/** The metrics as pycocotools prints them, one per line. */
export function formatMetrics(metrics: readonly CocoMetric[], evaluation: CocoEvaluation): string {
  const { iouThresholds } = evaluation.params;
  const range = `${iouThresholds[0].toFixed(2)}:${iouThresholds[iouThresholds.length - 1].toFixed(2)}`;
  return metrics
    .map(({ metric, iou, area, maxDetections, value }) => {
      const title = metric === 'AP' ? 'Average Precision' : 'Average Recall';
      const overlap = iou === null ? range : iou.toFixed(2);
      return (
        ` ${title.padEnd(18)} (${metric}) @[ IoU=${overlap.padEnd(9)} | area=${area.padStart(6)} | ` +
        `maxDets=${String(maxDetections).padStart(3)} ] = ${value.toFixed(3)}`
      );
    })
    .join('\n');
}

/** All area ranges except the first, which covers all. */
function restOf(areas: readonly AreaRange[]): number[] {
  return areas.slice(1).map((_, i) => i + 1);
}

interface Slice {
  readonly iou: number | null;
  readonly area: number;
  readonly most: number;
  readonly category: number | null;
}

/** Mean over the measured values (pycocotools leaves −1 out); −1 if there are none. */
function meanOf(evaluation: CocoEvaluation, metric: CocoMetric['metric'], slice: Slice): number {
  const { params, categories } = evaluation;
  const recalls = metric === 'AP' ? params.recallThresholds.length : 1;
  const values = metric === 'AP' ? evaluation.precision : evaluation.recall;
  let sum = 0;
  let count = 0;
  const first = slice.category ?? 0;
  const end = slice.category === null ? categories.length : slice.category + 1;
  params.iouThresholds.forEach((threshold, t) => {
    if (slice.iou !== null && threshold !== slice.iou) return;
    for (let row = t * recalls; row < (t + 1) * recalls; row++) {
      for (let k = first; k < end; k++) {
        const cell = (row * categories.length + k) * params.areas.length + slice.area;
        const value = values[cell * params.maxDetections.length + slice.most];
        if (value <= -1) continue;
        sum += value;
        count++;
      }
    }
  });
  return count === 0 ? -1 : sum / count;
}
