import type { ConfusionCell } from '../../eval/confusion.ts';
import { section, step, table } from '../report/html.ts';
import { categoryName, type ErrorContext, thresholdText } from './context.ts';

/** Maximum number of classes in the matrix. */
const classesShown = 15;
/** Maximum number of confused pairs in the list. */
const pairsShown = 12;

/** The confusion matrix, and its largest entries off the diagonal. */
export function confusionSection(context: ErrorContext, number: number): string {
  const { analysis, t } = context;
  const text = [
    t('confusionText', { score: thresholdText(analysis.scoreThreshold), iou: analysis.iou }),
    ...(analysis.perCategory.length === 1 ? [t('confusionOne')] : []),
  ];
  const occurring = occurringClasses(analysis.confusion);
  const shown = occurring.slice(0, classesShown).sort((a, b) => a - b);
  if (shown.length < occurring.length) text.push(t('confusionPart', { n: shown.length }));
  const pairs = analysis.confusion
    .filter(({ truth, predicted }) => truth !== predicted && truth !== null && predicted !== null)
    .slice(0, pairsShown)
    .map(({ truth, predicted, count }) => [
      categoryName(context, truth!),
      categoryName(context, predicted!),
      String(count),
    ]);
  const heading = [t('confusedTruth'), t('confusedPredicted'), t('times')];
  const list = pairs.length > 0 ? [`<h3>${t('confusedPairs')}</h3>`, table([heading, ...pairs])] : [];
  return section(number, t('sConfusion'), [
    step({ heading: '', text, numbers: [matrix(context, shown), ...list] }),
  ]);
}

/** The classes in the matrix, those with the most errors first. */
function occurringClasses(cells: readonly ConfusionCell[]): number[] {
  const errors = new Map<number, number>();
  for (const { truth, predicted, count } of cells) {
    for (const id of new Set([truth, predicted])) {
      if (id !== null) errors.set(id, (errors.get(id) ?? 0) + (truth === predicted ? 0 : count));
    }
  }
  return [...errors].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

function matrix(context: ErrorContext, ids: readonly number[]): string {
  const { analysis, t } = context;
  const axis = [...ids, null];
  const counts = new Map(
    analysis.confusion.map(({ truth, predicted, count }) => [`${truth} ${predicted}`, count]),
  );
  const countAt = (truth: number | null, predicted: number | null) =>
    counts.get(`${truth} ${predicted}`) ?? 0;
  const rows = axis.map((truth) => {
    const row = axis.map((predicted) => countAt(truth, predicted));
    const total = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count, i) =>
      truth === null && axis[i] === null
        ? '<td></td>'
        : `<td${shade(count === 0 ? 0 : count / total, truth === axis[i])}>${count}</td>`,
    );
    const name = truth === null ? t('nothing') : categoryName(context, truth);
    return `<tr><td>${name}</td>${cells.join('')}</tr>`;
  });
  const heads = axis.map(
    (id) => `<th scope="col">${id === null ? t('missed') : categoryName(context, id)}</th>`,
  );
  return `<div class="scroll" tabindex="0"><table class="matrix"><thead><tr><th>${t('truthAndPrediction')}</th>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** The class of a cell, by its share of the row: green on the diagonal, red elsewhere. */
function shade(share: number, isCorrect: boolean): string {
  if (share === 0) return ' class="zero"';
  return ` class="${isCorrect ? 'right' : 'wrong'}-${Math.round(10 * share)}"`;
}
