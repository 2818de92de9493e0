import type { Focus, MaskFocus } from '../../core/explanation.ts';
import { levelName, maskNote, plainClassName, type ReportContext } from './context.ts';
import { heatMap, logitMap, rangeOf } from './heat-map.ts';
import { chain, figure, fixed, section, step, table } from './html.ts';
import { alignDrawing, pooledDrawing } from './roi-drawing.ts';
import { gridDrawing } from './svg.ts';

/** Channels of other classes that are shown, those that the box branch held likeliest. */
const othersShown = 7;

/** 3: the mask branch is an FCN. */
export function maskBranchSection(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus, model } = explanation;
  const n = model.maskResolution ?? 14;
  const side = model.maskSide ?? 28;
  const text = [t('s3a', { n, side }), t('s3b')];
  const diagram = chain([
    [t('flowAlign'), `${n} × ${n} × ${model.channels}`],
    [t('convolutions'), `${n} × ${n}`],
    [t('deconvolution'), `${side} × ${side}`],
    [t('output'), `${side} × ${side} × ${model.classes.length - 1}`],
  ]);
  const diagrams = model.maskSide === null ? [] : [diagram];
  const figures = focus?.mask ? branchFigures(context, focus, focus.mask) : [];
  return section(3, t('s3'), [maskNote(context), step({ heading: '', text, figures, numbers: diagrams })]);
}

function branchFigures(context: ReportContext, focus: Focus, { roi, side, logits }: MaskFocus): string[] {
  const { t } = context;
  const values = { level: levelName(roi.level), n: roi.resolution };
  const name = plainClassName(context, focus.label);
  return [
    figure(alignDrawing(roi), t('maskAlignCaption', values), 'third'),
    figure(pooledDrawing(roi, roi.aligned2d), t('maskAlignedCaption', values), 'little'),
    figure(
      logitPicture(logits[focus.label], side),
      t('maskLogitsCaption', { name, ...spread(logits[focus.label]) }),
    ),
  ];
}

/** 4: one class' channel, and what a softmax across classes would have made of all. */
export function decouplingSection(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus, model } = explanation;
  const body = [maskNote(context)];
  const text = [t('s4a'), t('s4b')];
  if (focus?.mask) {
    const several = model.classes.length > 2;
    const numbers = [`<p>${several ? t('manyClasses') : t('oneClass')} ${t('backgroundChannel')}</p>`];
    const channels = channelFigures(context, focus, focus.mask);
    const shares = shareFigures(context, focus.mask);
    // One channel has room beside what becomes of it.
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
      [t('softmax'), '24.8', '44.1', '25.1'],
      [t('sigmoid'), '30.3', '51.2', '31.5'],
    ]),
  );
  return section(4, t('s4'), body);
}

function channelFigures(context: ReportContext, focus: Focus, { side, logits }: MaskFocus): string[] {
  const channel = (key: 'chosenLogits' | 'otherLogits', label: number) => {
    const values = { name: plainClassName(context, label), ...spread(logits[label]) };
    return figure(logitPicture(logits[label], side), context.t(key, values), 'little');
  };
  return [
    channel('chosenLogits', focus.label),
    ...likeliestOthers(focus).map((label) => channel('otherLogits', label)),
  ];
}

function shareFigures({ t }: ReportContext, mask: MaskFocus): string[] {
  const { side, logits, probabilities, softmax, foreground } = mask;
  const all = side * side;
  const grid = (values: number[]) => ({ rows: side, columns: side, values });
  const shade = (values: number[]) => gridDrawing(grid(values), heatMap(grid(values), { low: 0, high: 1 }));
  const classes = logits.length - 1;
  const values = { n: foreground.softmax, all };
  const caption = classes === 1 ? t('softmaxOfOne', values) : t('softmaxCaption', { ...values, classes });
  return [
    figure(shade(probabilities), t('sigmoidCaption', { n: foreground.sigmoid, all })),
    figure(shade(softmax), caption),
  ];
}

function likeliestOthers({ classScores, label }: Focus): number[] {
  return [...classScores.keys()]
    .filter((other) => other !== 0 && other !== label)
    .sort((a, b) => classScores[b] - classScores[a])
    .slice(0, othersShown);
}

/** Logits as a picture, 0 being white. */
export function logitPicture(values: number[], side: number): string {
  const { low, high } = rangeOf(values);
  const grid = { rows: side, columns: side, values };
  return gridDrawing(grid, logitMap(grid, Math.max(Math.abs(low), Math.abs(high), 1e-6)));
}

/** The values of a caption that says how far logits reach. */
export function spread(values: readonly number[]): { low: string; high: string } {
  const { low, high } = rangeOf(values);
  return { low: fixed(low), high: fixed(high) };
}
