import type { ModelCard } from './card.ts';

/** `mask AP 21.3 on 154 pictures of COCO val2017` */
export function formatMetric(metric: ModelCard['metrics'][number]): string {
  return `${metric.measure} ${formatValue(metric)} on ${metric.on.en}`;
}

/** The value of a metric as it is usually given: average precisions in percent. */
export function formatValue({ measure, value }: ModelCard['metrics'][number]): string {
  return /\bAP/.test(measure) ? (100 * value).toFixed(1) : value.toFixed(3);
}
