import {
  colours,
  figure,
  fixed,
  grouped,
  type MaskFocus,
  maskOutputAp,
  note,
  pasters,
  plainClassName,
  type ReportContext,
  rleArea,
  rleIou,
  table,
  usualMask,
} from '../../product.ts';
import { Html } from '../html.tsx';
import { maskFigure } from './mask-figure.ts';
import { experimentTexts } from './text.ts';

/** The masks that a sigmoid and a softmax make of the same logits. */
export function OutputExperiment({ context }: { context: ReportContext }) {
  const t = experimentTexts(context.language);
  const { focus, model } = context.explanation;
  const { output } = model.mask ?? usualMask;
  const paper = figure(
    table([
      ['', 'AP', 'AP50', 'AP75'],
      [t('softmax'), ...maskOutputAp.softmax],
      [t('sigmoid'), ...maskOutputAp.sigmoid],
    ]),
    t('inPaper', { source: t('outputTable') }),
    'half',
  );
  const mask = focus?.mask;
  const parts = [`<h3>${t('outputTitle')}</h3>`];
  if (!focus || !mask) parts.push(note(t('noMask')));
  else if (output === 'classAgnostic' || mask.otherwise === null) parts.push(note(t('outputAgnostic')));
  else {
    parts.push(`<p>${t('outputIntro', { name: plainClassName(context, focus.label) })}</p>`);
    if (model.classes.length === 2 && output === 'sigmoid') parts.push(`<p>${t('outputOneClass')}</p>`);
    parts.push(comparison(context, mask, mask.otherwise));
  }
  return <Html class="step experiment-output" html={parts.join('') + paper} />;
}

function comparison(context: ReportContext, mask: MaskFocus, otherwise: number[]): string {
  const { language, explanation } = context;
  const t = experimentTexts(language);
  const { picture, model, focus } = explanation;
  const { output, paste } = model.mask ?? usualMask;
  if (!focus) return '';
  const names = output === 'softmax' ? (['softmax', 'sigmoid'] as const) : (['sigmoid', 'softmax'] as const);
  const masks = [mask.probabilities, otherwise].map((probabilities) =>
    pasters[paste](Float32Array.from(probabilities), mask.originalBox, picture),
  );
  const figures = masks.map((pasted, i) => {
    const caption = `${t('outputResult', { output: t(names[i]), n: grouped(rleArea(pasted)) })}${i === 0 ? t('own') : ''}`;
    return maskFigure(explanation, focus, { box: focus.box, colour: colours.final, mask: pasted }, caption);
  });
  const [iou] = rleIou([masks[0]], [masks[1]]);
  return `<div class="figures">${figures.join('')}</div><p>${t('outputAgree', { iou: fixed(iou) })}</p>`;
}
