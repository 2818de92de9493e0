import type { BoxRegression, RoiLosses } from '../../explanation/training.ts';
import { plainClassName, type ReportContext } from './context.ts';
import { fixed, step, table } from './html.ts';
import { sourcesOf } from './step-sources.ts';
import type { TextKey } from './text-en.ts';

/** The losses of the RPN and of the class and box branch for the followed RoI, with their numbers; empty without them. */
export function roiLossStep(context: ReportContext): string {
  const { explanation, t } = context;
  const losses = explanation.focus?.losses;
  if (!losses) return '';
  return step({
    heading: t('lossesTitle'),
    text: [
      t('lossesA'),
      t(losses.source === 'annotation' ? 'lossesTrue' : 'lossesAsIf'),
      objectnessText(context, losses.rpn),
      classText(context, losses.box),
      ...(losses.rpn.box || losses.box.box ? [t('lossesBox')] : []),
    ],
    numbers: [regressionTable(context, losses), `<p>${sumText(context, losses)}</p>`],
    sources: sourcesOf(context, 'losses'),
  });
}

function objectnessText({ explanation, t }: ReportContext, rpn: RoiLosses['rpn']): string {
  const { foreground, background } = explanation.rpn.training;
  const values = { overlap: fixed(rpn.overlap), foreground, background };
  if (rpn.objectness === null) return t('lossesIgnored', values);
  const logit = fixed(explanation.focus?.proposal.anchor.logit ?? 0, 3);
  const key = rpn.role === 'positive' ? 'lossesPositive' : 'lossesNegative';
  return t(key, { ...values, logit, loss: fixed(rpn.objectness, 4) });
}

function classText(context: ReportContext, { label, classification }: RoiLosses['box']): string {
  const score = context.explanation.focus?.classScores[label] ?? 0;
  const name = plainClassName(context, label);
  return context.t('lossesClass', { name, score: fixed(score, 4), loss: fixed(classification, 4) });
}

/** The offsets of both box losses; empty if there is neither. */
function regressionTable({ t }: ReportContext, { rpn, box }: RoiLosses): string {
  const rows = (target: TextKey, predicted: TextKey, regression: BoxRegression | null) =>
    regression === null
      ? []
      : [
          [t(target), ...regression.target.map((value) => fixed(value, 3)), ''],
          [t(predicted), ...regression.predicted.map((value) => fixed(value, 3)), fixed(regression.loss, 4)],
        ];
  const all = [
    ...rows('lossesRpnTarget', 'lossesRpnPredicted', rpn.box),
    ...rows('lossesBoxTarget', 'lossesBoxPredicted', box.box),
  ];
  return all.length === 0 ? '' : table([['', 'dx', 'dy', 'dw', 'dh', t('lossesSmoothL1')], ...all]);
}

function sumText({ explanation: { focus }, t }: ReportContext, { rpn, box }: RoiLosses): string {
  const ofRpn = (rpn.objectness ?? 0) + (rpn.box?.loss ?? 0);
  const ofBox = box.classification + (box.box?.loss ?? 0);
  // A proposal that trains as background has no mask loss.
  const ofMask = focus?.mask && box.label > 0 ? focus.mask.training.loss : null;
  const values = { rpn: fixed(ofRpn, 4), box: fixed(ofBox, 4) };
  if (ofMask === null) return t('lossesSum', { ...values, total: fixed(ofRpn + ofBox, 4) });
  const total = fixed(ofRpn + ofBox + ofMask, 4);
  return t('lossesSumMask', { ...values, mask: fixed(ofMask, 4), total });
}
