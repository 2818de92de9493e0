import { largest } from '../../core/extremes.ts';
import type { TideKind } from '../../eval/tide-picture.ts';
import { section, step, table } from '../report/html.ts';
import { type ErrorContext, figureText, kindNames } from './context.ts';
import type { ErrorTextKey } from './text-en.ts';

const meanings: Readonly<Record<TideKind, ErrorTextKey>> = {
  class: 'meansClass',
  location: 'meansLocation',
  both: 'meansBoth',
  duplicate: 'meansDuplicate',
  background: 'meansBackground',
  missed: 'meansMissed',
};

/** TIDE's kinds of error, costliest first. */
export function errorsSection({ analysis, t }: ErrorContext, number: number): string {
  const { tide } = analysis;
  const values = { iou: tide.foreground, background: tide.background };
  const most = Math.max(largest(tide.errors.map(({ cost }) => cost)), 1e-9);
  const rows = tide.errors
    .toSorted((a, b) => b.cost - a.cost)
    .map(({ kind, count, cost }) => [
      t(kindNames[kind]),
      meter(cost / most) + figureText(cost),
      String(count),
      t(meanings[kind], values),
    ]);
  const heading = [t('errorKind'), t('errorCost'), t('errorCount'), t('errorMeaning')];
  const all = t('allFalsePositives', {
    fp: figureText(Math.max(tide.falsePositiveCost, 0)),
    fn: figureText(Math.max(tide.falseNegativeCost, 0)),
  });
  return section(number, t('sErrors'), [
    step({
      heading: '',
      text: [t('errorsText', values)],
      numbers: [table([heading, ...rows], 'numeric errors'), `<p>${all}</p>`],
    }),
  ]);
}

/** A bar in a table cell. @param fraction Its length, 0…1. */
function meter(fraction: number): string {
  const bar = `<rect width="${(100 * fraction).toFixed(1)}" height="1"/>`;
  return `<svg class="meter" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${bar}</svg>`;
}
