import { levelName, type ReportContext } from './context.ts';
import { alignStep, branchStep, levelStep } from './flow-roi.ts';
import { proposalStep, rpnStep } from './flow-rpn.ts';
import { heatMap, rangeOf } from './heat-map.ts';
import { chain, facts, figure, fixed, grouped, section, step } from './html.ts';
import { drawing, gridDrawing } from './svg.ts';

/** 2: from the picture to class and box. */
export function flowSection(context: ReportContext): string {
  const { t } = context;
  return section(2, t('s2'), [
    step({ heading: '', text: [t('s2a'), t('s2b')], numbers: flowDiagram(context) }),
    inputStep(context),
    featureStep(context),
    rpnStep(context),
    proposalStep(context),
    levelStep(context),
    alignStep(context),
    branchStep(context),
  ]);
}

function flowDiagram({ explanation, t }: ReportContext): string[] {
  const { input, features, rpn, proposals, model, detections } = explanation;
  const { channels, boxResolution, maskResolution, maskSide } = model;
  const square = (side: number, depth: number) => `${side} × ${side} × ${depth}`;
  const count = detections.instances.length;
  const trunk: [string, string][] = [
    [t('flowPicture'), `${input.paddedWidth} × ${input.paddedHeight} × 3`],
    [t('flowBackbone'), `${levelName(features[0].level)}…P6, ${channels}`],
    [t('flowRpn'), t('flowAnchors', { n: grouped(rpn.anchors) })],
    [t('flowProposals'), t('flowKept', { n: grouped(proposals.selected.length) })],
  ];
  const boxBranch: [string, string][] = [
    [t('flowProposals'), t('flowKept', { n: grouped(proposals.selected.length) })],
    [t('flowAlign'), square(boxResolution, channels)],
    [t('flowBox'), `${model.classes.length} + 4 × ${model.classes.length}`],
    [t('flowDetections'), String(count)],
  ];
  const diagrams = [chain(trunk), chain(boxBranch)];
  if (maskResolution === null || maskSide === null) return diagrams;
  const maskBranch: [string, string][] = [
    [t('flowDetections'), String(count)],
    [t('flowAlign'), square(maskResolution, channels)],
    [t('flowMask'), `${maskSide} × ${maskSide} × ${model.classes.length - 1}`],
    [t('maskWord'), `${maskSide} × ${maskSide}`],
  ];
  return [...diagrams, chain(maskBranch)];
}

function inputStep({ explanation, t }: ReportContext): string {
  const { input, picture } = explanation;
  const { width, height, paddedWidth, paddedHeight } = input;
  const padded = drawing(
    [0, 0, paddedWidth, paddedHeight],
    `<rect width="${paddedWidth}" height="${paddedHeight}" class="paper"/>` +
      `<rect width="${paddedWidth}" height="${paddedHeight}" fill="url(#padding)"/><use href="#picture"/>`,
  );
  return step({
    heading: t('input'),
    text: [t('inputA'), t('inputB')],
    figures: [figure(padded, t('inputCaption'), 'third')],
    numbers: [
      facts([
        [t('original'), `${picture.width} × ${picture.height}`],
        [t('resized'), `${width} × ${height}`],
        [t('padded'), `${paddedWidth} × ${paddedHeight}`],
        [t('scale'), input.scale.map((scale) => fixed(scale, 4)).join(', ')],
        [t('meanStd'), `${input.mean.join(' ')}; ${input.std.join(' ')}`],
        [t('range'), input.range.map((value) => fixed(value, 3)).join(' … ')],
      ]),
    ],
  });
}

function featureStep({ explanation, t }: ReportContext): string {
  const figures = explanation.features.map(({ level, stride, channels, strength }) => {
    const { low, high } = rangeOf(strength.values);
    const { rows, columns } = strength;
    const values = { level: levelName(level), rows, columns, channels, stride };
    const caption = t('featureCaption', { ...values, low: fixed(low), high: fixed(high) });
    return figure(gridDrawing(strength, heatMap(strength)), caption, 'map-figure');
  });
  return step({ heading: t('features'), text: [t('featuresA'), t('featuresB')], figures });
}
