import type { ComparedFigure, Comparison } from '../../eval/comparison.ts';
import type { ErrorAnalysis } from '../../eval/error-analysis.ts';
import { tideKinds } from '../../eval/tide-picture.ts';
import { section, step, table } from '../report/html.ts';
import { classTable } from './class-table.ts';
import { categoryName, type ErrorContext, figureText, kindNames, signed, thresholdText } from './context.ts';
import { detectionDrawing, drawingKey, truthDrawing } from './marked-drawing.ts';
import { pictureBlock, type ShownPictures } from './pictures-section.ts';

/** The second model beside the first. */
export interface SecondModel {
  readonly analysis: ErrorAnalysis;
  readonly comparison: Comparison;
  readonly pictures: ShownPictures;
  /** Display names of both; plain text. */
  readonly names: { readonly a: string; readonly b: string };
}

/** Two models side by side: which one is better, where, and on which objects. */
export function comparisonSection(
  context: ErrorContext,
  second: SecondModel,
  pictures: ShownPictures,
  number: number,
): string {
  const { t } = context;
  const { comparison, names } = second;
  if (comparison.AP === null) return section(number, t('sComparison'), [`<p>${t('comparisonNone')}</p>`]);
  return section(number, t('sComparison'), [
    `<p class="verdict">${conclusion(context, comparison.AP, names)}<span>${t('comparisonText', {
      n: comparison.samples,
      share: Math.round(100 * comparison.AP.better),
    })}</span></p>`,
    step({
      heading: '',
      text: [
        t('foundText', {
          ...comparison.found,
          scoreA: thresholdText(context.analysis.scoreThreshold),
          scoreB: thresholdText(second.analysis.scoreThreshold),
        }),
      ],
      numbers: [
        figuresTable(context, second),
        costTable(context, second),
        categoryTable(context, comparison),
      ],
    }),
    ...differing(context, second, pictures),
  ]);
}

function conclusion(
  { t }: ErrorContext,
  { difference }: ComparedFigure,
  names: SecondModel['names'],
): string {
  const values = { low: signed(difference.low), high: signed(difference.high) };
  if (difference.low <= 0 && difference.high >= 0) return t('comparisonOpen', values);
  return t('comparisonBetter', {
    ...values,
    better: difference.low > 0 ? `B (${names.b})` : `A (${names.a})`,
  });
}

function figuresTable({ t }: ErrorContext, { comparison }: SecondModel): string {
  const row = (name: string, figure: ComparedFigure | null) => [name, ...figureCells(figure)];
  return table(
    [
      [t('metric'), 'A', 'B', t('difference'), t('interval')],
      row('AP', comparison.AP),
      ...(comparison.AP50 ? [row('AP50', comparison.AP50)] : []),
    ],
    'numeric',
  );
}

function costTable({ analysis, t }: ErrorContext, second: SecondModel): string {
  const rows = tideKinds.map((kind, i) => [
    t(kindNames[kind]),
    figureText(analysis.tide.errors[i].cost),
    figureText(second.analysis.tide.errors[i].cost),
  ]);
  return table([[t('errorKind'), t('costA'), t('costB')], ...rows], 'numeric');
}

function categoryTable(context: ErrorContext, { perCategory }: Comparison): string {
  const { t } = context;
  const rows = perCategory
    .filter(({ AP }) => AP !== null)
    .sort((one, other) => one.AP!.difference.value - other.AP!.difference.value)
    .map(({ id, AP, found }) => [
      categoryName(context, id),
      ...figureCells(AP),
      ...[found.both, found.onlyA, found.onlyB, found.neither].map(String),
    ]);
  const heading = [t('className'), 'A', 'B', t('difference'), t('interval')];
  return classTable([[...heading, t('both'), t('onlyA'), t('onlyB'), t('neither')], ...rows]);
}

function figureCells(figure: ComparedFigure | null): string[] {
  if (figure === null) return ['—', '—', '—', '—'];
  const { a, b, difference } = figure;
  const interval = `${signed(difference.low)} … ${signed(difference.high)}`;
  return [figureText(a), figureText(b), signed(difference.value), interval];
}

function differing(context: ErrorContext, second: SecondModel, pictures: ShownPictures): string[] {
  const { t } = context;
  const blocks = second.comparison.pictures.flatMap((picture) => {
    const byA = pictures.marked.get(picture.imageId);
    const byB = second.pictures.marked.get(picture.imageId);
    const embedded = pictures.embedded.get(picture.imageId);
    if (!byA || !byB || !embedded) return [];
    const { scale } = embedded;
    const drawings = [
      [t('truth'), truthDrawing(context, byA.truths, scale)],
      [t('detectedBy', { name: 'A' }), detectionDrawing(context, byA.detections, scale)],
      [t('detectedBy', { name: 'B' }), detectionDrawing(context, byB.detections, scale)],
    ] as const;
    return [pictureBlock(embedded, t('differingOne', { ...picture }), drawings)];
  });
  return blocks.length === 0 ? [] : [`<h3>${t('differing')}</h3>`, drawingKey(context), ...blocks];
}
