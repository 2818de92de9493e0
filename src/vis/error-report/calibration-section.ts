import { figure, section, step } from '../report/html.ts';
import { chart, chartLine, chartX, chartY } from './chart.ts';
import { type ErrorContext, figureText } from './context.ts';

/** The reliability diagram of the scores. */
export function calibrationSection({ analysis, t }: ErrorContext, number: number): string {
  const { calibration } = analysis;
  if (calibration === null) return section(number, t('sCalibration'), [`<p>${t('calibrationNone')}</p>`]);
  const { bins, error } = calibration;
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const bars = bins.map(({ from, to, count }) => {
    const top = chartY(count / total);
    return `<rect class="bar" x="${chartX(from)}" y="${top}" width="${chartX(to) - chartX(from)}" height="${(chartY(0) - top).toFixed(1)}"/>`;
  });
  const dots = bins.map(
    ({ score, correct }) => `<circle class="dot" cx="${chartX(score)}" cy="${chartY(correct)}" r="4.5"/>`,
  );
  const content = [
    ...bars,
    `<path class="ideal" d="M${chartX(0)} ${chartY(0)}L${chartX(1)} ${chartY(1)}"/>`,
    chartLine(
      bins.map(({ score, correct }) => [score, correct]),
      'precision',
    ),
    ...dots,
  ].join('');
  const labels = { x: t('score'), y: t('fractionCorrect') };
  return section(number, t('sCalibration'), [
    step({
      heading: '',
      text: [t('calibrationText', { error: figureText(error) })],
      figures: [figure(chart(content, labels, t('sCalibration')), t('calibrationCaption'), 'half')],
    }),
  ]);
}
