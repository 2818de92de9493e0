import type { Focus } from '../../explanation/focus.ts';
import type { MaskFocus } from '../../explanation/mask-focus.ts';
import { maskNote, note, plainClassName, type ReportContext } from './context.ts';
import { heatMap } from './heat-map.ts';
import { figure, fixed, percent, section, step } from './html.ts';
import { logitPicture, spread } from './mask-section.ts';
import { roiLossStep } from './roi-loss-step.ts';
import { sourcesOf } from './step-sources.ts';
import { boxPath, colours, gridDrawing, partAround, photo, strongBox } from './svg.ts';
import { outputTexts, usualMask } from './variants.ts';

/** Maximum number of proposals drawn around an object. */
const cropsShown = 40;

/** Section 6: the loss, with the prediction standing in for the ground truth. */
export function lossSection(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus, model } = explanation;
  const { side, output } = model.mask ?? usualMask;
  const text = [t(outputTexts[output].loss, { side }), t('s6b')];
  const sampling = samplingStep(context);
  if (!focus?.mask)
    return section(6, t('s6'), [
      maskNote(context),
      step({ heading: '', text }),
      sampling,
      roiLossStep(context),
      sourcesOf(context, 'maskLoss'),
    ]);
  return section(6, t('s6'), [
    step({ heading: '', text }),
    sampling,
    roiLossStep(context),
    note(sourceOfTruth(context, focus.mask)),
    step({
      heading: '',
      text: lossText(context, focus.mask),
      figures: lossFigures(context, focus, focus.mask),
      sources: sourcesOf(context, 'maskLoss'),
    }),
  ]);
}

/** Says which mask is the target. */
function sourceOfTruth({ explanation: { sampling }, t }: ReportContext, { training }: MaskFocus): string {
  if (!sampling) return t('lossAsIf');
  const values = { overlap: fixed(training.overlap ?? 0), foreground: sampling.foreground };
  return training.source === 'annotation' ? t('lossTrue', values) : t('lossUnmatched', values);
}

/** The proposals that training would sample, if the ground truth is known. */
function samplingStep({ explanation: { sampling, input }, t }: ReportContext): string {
  if (!sampling) return '';
  const { objects, positives, negatives, ...settings } = sampling;
  const picture = photo(
    input,
    boxPath(negatives, { stroke: '#b4bcc8', width: 0.7, opacity: 0.5 }) +
      boxPath(positives, { stroke: colours.proposal, width: 1.2 }) +
      boxPath(objects, { stroke: '#fff', width: 2, dashed: true }),
  );
  const counts = { objects: objects.length, positives: positives.length, negatives: negatives.length };
  return step({
    heading: '',
    text: [t('sampled', { ...settings, ...counts, fraction: percent(settings.fraction) })],
    figures: [figure(picture, t('sampledCaption'), 'half')],
  });
}

function lossText(context: ReportContext, { side, training }: MaskFocus): string[] {
  const name = plainClassName(context, training.label);
  const { output } = context.explanation.model.mask ?? usualMask;
  const values = { n: side * side, name, loss: fixed(training.loss, 4) };
  return [context.t(outputTexts[output].lossNumbers, values)];
}

function lossFigures(
  { explanation, t }: ReportContext,
  focus: Focus,
  { side, training }: MaskFocus,
): string[] {
  const { input } = explanation;
  const crops = focus.rivals.slice(0, cropsShown).map(({ proposal }) => proposal);
  const picture = photo(
    input,
    boxPath(crops, { stroke: colours.proposal, width: 1, opacity: 0.7 }) +
      strongBox(focus.proposal.box, colours.proposal),
    partAround(focus.box, input, 0.7),
  );
  const target = { rows: side, columns: side, values: training.target };
  return [
    figure(picture, t('cropsCaption', { n: crops.length + 1 }), 'third'),
    figure(gridDrawing(target, heatMap(target, { low: 0, high: 1 })), t('targetCaption')),
    figure(logitPicture(training.logits, side), t('proposalLogitsCaption', spread(training.logits))),
  ];
}
