import { section, step } from '../report/html.ts';
import { classTable } from './class-table.ts';
import { categoryName, type ErrorContext, figureText, thresholdText } from './context.ts';

/** The figures of each class that has objects, worst first. */
export function classesSection(context: ErrorContext, number: number): string {
  const { analysis, t } = context;
  const heading = [
    t('className'),
    t('objects'),
    'AP',
    'AP50',
    t('currentF1', { threshold: thresholdText(analysis.scoreThreshold) }),
    t('bestThreshold'),
    t('bestF1'),
  ];
  const rows = analysis.perCategory
    .filter(({ objects }) => objects > 0)
    .sort((a, b) => a.AP - b.AP)
    .map(({ id, objects, AP, AP50, current, best }) => [
      categoryName(context, id),
      String(objects),
      figureText(AP),
      figureText(AP50),
      figureText(current?.f1),
      best ? thresholdText(best.threshold) : '—',
      figureText(best?.f1),
    ]);
  return section(number, t('sClasses'), [
    step({ heading: '', text: [t('classesText')], numbers: [classTable([heading, ...rows])] }),
  ]);
}
