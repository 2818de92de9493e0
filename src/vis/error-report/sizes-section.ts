import { escapeHtml } from '../../core/escape-html.ts';
import { section, step, table } from '../report/html.ts';
import { type ErrorContext, figureText, sizeName } from './context.ts';

/** Average precision by the size of objects, and by how many there are in a picture. */
export function sizesSection(context: ErrorContext, number: number): string {
  const { analysis, t } = context;
  const apOf = (area: string) =>
    analysis.metrics.find((metric) => metric.metric === 'AP' && metric.area === area)?.value;
  const sizes = analysis.sizes.map(({ area, objects, missed }) => [
    escapeHtml(sizeName(context, area)),
    String(objects),
    figureText(apOf(area)),
    String(missed),
  ]);
  const groups = analysis.crowding.map(({ from, to, pictures, objects, AP, AP50 }) => [
    to === null ? t('groupFrom', { from }) : to === from ? String(from) : t('groupRange', { from, to }),
    String(pictures),
    String(objects),
    figureText(AP),
    figureText(AP50),
  ]);
  return section(number, t('sSizes'), [
    step({
      heading: '',
      text: [t('sizesText')],
      numbers: [
        table([[t('size'), t('objects'), 'AP', t('missedObjects')], ...sizes], 'numeric'),
        table([[t('crowding'), t('picturesHeading'), t('objects'), 'AP', 'AP50'], ...groups], 'numeric'),
      ],
    }),
  ]);
}
