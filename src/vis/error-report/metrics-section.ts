import type { CocoMetric } from '../../eval/summary.ts';
import { section, step, table } from '../report/html.ts';
import { type ErrorContext, figureText, sizeName } from './context.ts';

/** COCO's metrics, AP with its interval. */
export function metricsSection(context: ErrorContext, number: number): string {
  const { analysis, t } = context;
  const { metrics, ap } = analysis;
  const rows = metrics.map((metric, i) => {
    const interval = i === 0 && ap ? `${figureText(ap.low)} – ${figureText(ap.high)}` : '';
    return [metricName(context, metric), figureText(metric.value), interval];
  });
  const note =
    analysis.picturesBeyondMax > 0
      ? `<p class="note">${t('beyondMax', { n: analysis.picturesBeyondMax, most: analysis.maxDetections })}</p>`
      : '';
  return section(number, t('sMetrics'), [
    note,
    step({
      heading: '',
      text: [t('metricsText', { n: analysis.samples })],
      numbers: [table([[t('metric'), t('value'), t('interval')], ...rows], 'numeric')],
    }),
  ]);
}

function metricName(context: ErrorContext, { metric, iou, area, maxDetections }: CocoMetric): string {
  const { t, analysis } = context;
  if (area !== analysis.metrics[0].area) {
    const name = t('apOfSize', { size: sizeName(context, area) });
    return metric === 'AP' ? name : name.replace('AP', 'AR');
  }
  if (metric === 'AR') return t('arWith', { n: maxDetections });
  return iou === null ? t('apMean') : t('apAt', { iou });
}
