import type { OperatingPoint } from '../../eval/threshold-curves.ts';
import { figure, section, step, table } from '../report/html.ts';
import { chart, chartKey, chartLine, chartX, chartY } from './chart.ts';
import { type ErrorContext, figureText, thresholdText } from './context.ts';

/** Precision, recall and F1 against the score threshold. */
export function thresholdSection({ analysis, t }: ErrorContext, number: number): string {
  const { best, current, curve } = analysis;
  if (best === null || current === null)
    return section(number, t('sThreshold'), [`<p>${t('thresholdNone')}</p>`]);
  const values = { best: thresholdText(best.threshold), current: thresholdText(current.threshold) };
  const line = (read: (point: OperatingPoint) => number, name: string) =>
    chartLine(
      curve.map((point) => [point.threshold, read(point)]),
      name,
    );
  const content = [
    line(({ precision }) => precision, 'precision'),
    line(({ recall }) => recall, 'recall'),
    line(({ f1 }) => f1, 'f1'),
    mark(current.threshold, 'soft'),
    mark(best.threshold, ''),
  ].join('');
  const names = [t('precision'), t('recall'), t('f1')];
  const row = (name: string, { precision, recall, f1 }: OperatingPoint) => [
    name,
    ...[precision, recall, f1].map(figureText),
  ];
  return section(number, t('sThreshold'), [
    step({
      heading: '',
      text: [t('thresholdText', values)],
      figures: [
        figure(
          chart(content, { x: t('threshold'), y: names.join(' · ') }, t('sThreshold')),
          chartKey([
            ['precision', names[0]],
            ['recall', names[1]],
            ['f1', names[2]],
          ]) + t('thresholdCaption', values),
          'wide',
        ),
      ],
      numbers: [
        table(
          [
            ['', ...names],
            row(t('atCurrent', { threshold: values.current }), current),
            row(t('atBest', { threshold: values.best }), best),
          ],
          'numeric',
        ),
      ],
    }),
  ]);
}

/** A vertical line at a threshold that the axis shows. */
function mark(threshold: number, name: string): string {
  if (threshold < 0 || threshold > 1) return '';
  return `<path class="mark ${name}" d="M${chartX(threshold)} ${chartY(0)}V${chartY(1)}"/>`;
}
