import type { Focus } from '../../explanation/focus.ts';
import type { MaskFocus } from '../../explanation/mask-focus.ts';
import type { ExplainedMaskBranch } from '../../explanation/model.ts';
import { levelName, maskNote, plainClassName, type ReportContext } from './context.ts';
import { heatMap, logitMap, rangeOf } from './heat-map.ts';
import { chain, type DiagramStep, figure, fixed, joinSentences, section, step, table } from './html.ts';
import { keypointSteps } from './keypoint-steps.ts';
import { pooledSteps } from './pooling-text.ts';
import { maskOutputAp } from './published-ap.ts';
import { pooledDrawing, poolerDrawing } from './roi-drawing.ts';
import { sourcesOf } from './step-sources.ts';
import { gridDrawing } from './svg.ts';
import type { TextKey } from './text-en.ts';
import { headTexts, outputTexts, poolerTexts, usualMask } from './variants.ts';

/** Number of channels of other classes that are shown: those with the highest scores in the box branch. */
const othersShown = 7;

/** Section 3: the mask branch. */
export function maskBranchSection(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus, model } = explanation;
  const { pool, side, head, layers, output } = model.mask ?? usualMask;
  const shared = model.mask && model.shared;
  const sizes = { n: pool.resolution, side, half: shared?.side ?? 0, channels: shared?.channels ?? 0 };
  const values = { ...sizes, pooler: poolerTexts[pool.kind].name, layers: layers.join(', ') };
  const texts = headTexts[head];
  const text = [t(shared ? texts.shared : texts.own, values), t(outputTexts[output].outputs), t(texts.why)];
  const diagrams = model.mask ? [branchDiagram(context, model.mask)] : [];
  const figures = focus?.mask ? branchFigures(context, focus, focus.mask) : [];
  const branch = step({
    heading: '',
    text,
    figures,
    numbers: diagrams,
    sources: sourcesOf(context, 'mask'),
  });
  return section(3, t('s3'), [maskNote(context), branch, ...keypointSteps(context)]);
}

function branchDiagram(context: ReportContext, mask: ExplainedMaskBranch): string {
  const { explanation, t } = context;
  const { pool, side, head, layers, output } = mask;
  const before = (explanation.model.shared ?? { side: pool.resolution }).side;
  const steps = pooledSteps(context, pool);
  if (head === 'mlp') steps.push(...layers.map((width): DiagramStep => [t('fullyConnected'), String(width)]));
  else {
    if (layers.length > 0) steps.push([`${layers.length} × ${t('convolutions')}`, `${before} × ${before}`]);
    steps.push([t('deconvolution'), `${side} × ${side}`]);
  }
  const channels = outputTexts[output].channels(explanation.model.classes.length);
  return chain([...steps, [t('output'), `${side} × ${side} × ${channels}`]]);
}

function branchFigures(context: ReportContext, focus: Focus, mask: MaskFocus): string[] {
  const { t } = context;
  const { roi, side, logits, channel } = mask;
  const pooler = poolerTexts[roi.pool.kind].name;
  const values = { level: levelName(roi.level), n: roi.pool.resolution, pooler };
  const name = plainClassName(context, focus.label);
  return [
    figure(poolerDrawing(roi), t('maskAlignCaption', values), 'third'),
    figure(pooledDrawing(roi), t('maskAlignedCaption', values), 'little'),
    figure(logitPicture(logits[channel], side), t('maskLogitsCaption', { name, ...spread(logits[channel]) })),
  ];
}

/** Section 4: the channel of one class, and the result of a softmax across the channels. */
export function decouplingSection(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus, model } = explanation;
  const { output } = model.mask ?? usualMask;
  const body = [maskNote(context)];
  const text = [t('s4a'), t(outputTexts[output].decoupled)];
  if (focus?.mask) {
    const channels = channelFigures(context, focus, focus.mask);
    const shares = shareFigures(context, focus.mask);
    const several = channels.length > 1;
    const numbers = competitionText(context);
    // A single channel fits beside its result.
    if (several) body.push(step({ heading: '', text, figures: channels }));
    const rest = several ? { text: [], figures: shares } : { text, figures: [...channels, ...shares] };
    body.push(step({ heading: '', ...rest, numbers }));
  } else {
    body.push(step({ heading: '', text }));
  }
  body.push(
    `<h3>${t('paperSigmoid')}</h3>`,
    table([
      ['', 'AP', 'AP50', 'AP75'],
      [t('softmax'), ...maskOutputAp.softmax],
      [t('sigmoid'), ...maskOutputAp.sigmoid],
    ]),
    sourcesOf(context, 'decoupling'),
  );
  return section(4, t('s4'), body);
}

/** Explains how the other channels affect the one that is used. */
function competitionText({ explanation: { model }, t }: ReportContext): string[] {
  const { output } = model.mask ?? usualMask;
  if (output === 'classAgnostic') return [];
  if (output === 'softmax') return [`<p>${t('coupledClasses')}</p>`];
  const others = t(model.classes.length > 2 ? 'manyClasses' : 'oneClass');
  return [`<p>${joinSentences([others, t('backgroundChannel')])}</p>`];
}

function channelFigures(context: ReportContext, focus: Focus, mask: MaskFocus): string[] {
  const { side, logits, channel: taken } = mask;
  const { chosen } = outputTexts[(context.explanation.model.mask ?? usualMask).output];
  const picture = (key: TextKey, channel: number, label: number) => {
    const values = { name: plainClassName(context, label), ...spread(logits[channel]) };
    return figure(logitPicture(logits[channel], side), context.t(key, values), 'little');
  };
  return [
    picture(chosen, taken, focus.label),
    ...otherChannels(context, mask)
      .sort((a, b) => focus.classScores[b] - focus.classScores[a])
      .slice(0, othersShown)
      .map((channel) => picture('otherLogits', channel, channel)),
  ];
}

/** Indices into `logits` of the other meaningful channels: those of other classes, or of the background. */
export function otherChannels({ explanation: { model } }: ReportContext, { logits, channel }: MaskFocus) {
  const { firstChannel } = outputTexts[(model.mask ?? usualMask).output];
  return [...logits.keys()].filter((other) => other >= firstChannel && other !== channel);
}

function shareFigures({ explanation: { model }, t }: ReportContext, mask: MaskFocus): string[] {
  const { side, probabilities, otherwise } = mask;
  const { output } = model.mask ?? usualMask;
  const classes = model.classes.length - 1;
  const share = (key: TextKey, values: number[]) => {
    const grid = { rows: side, columns: side, values };
    const n = values.filter((value) => value > 0.5).length;
    const counts = { n, all: side * side, classes };
    return figure(gridDrawing(grid, heatMap(grid, { low: 0, high: 1 })), t(key, counts));
  };
  const other = output === 'softmax' ? 'sigmoidOtherwise' : classes === 1 ? 'softmaxOfOne' : 'softmaxCaption';
  return [share(outputTexts[output].taken, probabilities), ...(otherwise ? [share(other, otherwise)] : [])];
}

/** Logits as a picture; 0 is white. */
export function logitPicture(values: number[], side: number): string {
  const { low, high } = rangeOf(values);
  const grid = { rows: side, columns: side, values };
  return gridDrawing(grid, logitMap(grid, Math.max(Math.abs(low), Math.abs(high), 1e-6)));
}

/** The values of a caption with the range of logits. */
export function spread(values: readonly number[]): { low: string; high: string } {
  const { low, high } = rangeOf(values);
  return { low: fixed(low), high: fixed(high) };
}
