import type { Verdict } from '../../eval/verdict.ts';
import { joinSentences } from '../report/html.ts';
import { type ErrorContext, figureText, plainCategoryName, sizeName } from './context.ts';
import type { ErrorTextKey } from './text-en.ts';

type VerdictKind = Verdict['kind'] | 'loose';

const headings: Readonly<Record<VerdictKind, ErrorTextKey>> = {
  class: 'verdictClass',
  location: 'verdictLocation',
  both: 'verdictBoth',
  duplicate: 'verdictDuplicate',
  background: 'verdictBackground',
  missed: 'verdictMissed',
  loose: 'verdictLoose',
};

const advice: Readonly<Record<Verdict['kind'], ErrorTextKey>> = {
  class: 'adviceClass',
  location: 'adviceLocation',
  both: 'adviceBoth',
  duplicate: 'adviceDuplicate',
  background: 'adviceBackground',
  missed: 'adviceMissed',
};

/** The costliest error, what it costs, and what to try; HTML. */
export function verdictBlock(context: ErrorContext): string {
  const { analysis, t } = context;
  const { verdict, type } = analysis;
  if (verdict === null) return `<p class="verdict">${t('verdictNone')}</p>`;
  const shapes = t(type === 'segm' ? 'shapesMasks' : 'shapesBoxes');
  const heading = t(headings[verdict.loose ? 'loose' : verdict.kind], { shapes });
  const sentences = [
    // Where everything is wrong at once, correcting one kind gains nothing.
    ...(verdict.cost > 0 ? costSentences(context, verdict) : []),
    ...details(context, verdict),
    t(advice[verdict.kind]),
  ];
  return `<p class="verdict">${heading}<span>${joinSentences(sentences)}</span></p>`;
}

function costSentences({ analysis, t }: ErrorContext, { loose, cost }: Verdict): string[] {
  if (loose) {
    const ap = analysis.metrics[0].value;
    return [t('verdictLooseCost', { half: figureText(ap + cost), ap: figureText(ap) })];
  }
  const { ap } = analysis.tide;
  const sentence = t('verdictCost', {
    iou: analysis.iou,
    ap: figureText(ap),
    without: figureText(ap + cost),
  });
  const table =
    analysis.metrics.find(({ metric, iou }) => metric === 'AP' && iou === analysis.iou)?.value ?? ap;
  return table - ap > 0.005 ? [sentence, t('verdictTideAp')] : [sentence];
}

function details(context: ErrorContext, { confused, size }: Verdict): string[] {
  const { t } = context;
  const sentences: string[] = [];
  if (confused && confused.truth !== null && confused.predicted !== null) {
    const truth = plainCategoryName(context, confused.truth);
    const predicted = plainCategoryName(context, confused.predicted);
    sentences.push(t('verdictConfused', { truth, predicted, n: confused.count }));
  }
  if (size) sentences.push(t('verdictSize', { ...size, size: sizeName(context, size.area) }));
  return sentences;
}
