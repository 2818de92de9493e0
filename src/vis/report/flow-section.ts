import { levelName, type ReportContext } from './context.ts';
import { alignStep, branchStep, levelStep } from './flow-roi.ts';
import { proposalStep, rpnStep } from './flow-rpn.ts';
import { forkDrawing } from './fork-drawing.ts';
import { heatMap, rangeOf } from './heat-map.ts';
import { type DiagramStep, facts, figure, fixed, grouped, section, step } from './html.ts';
import { pooledSteps } from './pooling-text.ts';
import { sourcesOf } from './step-sources.ts';
import { drawing, gridDrawing } from './svg.ts';
import { outputTexts, poolerTexts, structures } from './variants.ts';

/** Section 2: from the picture to class and box. */
export function flowSection(context: ReportContext): string {
  const { t, explanation } = context;
  const pooler = poolerTexts[explanation.model.boxPool.kind].name;
  return section(2, t('s2'), [
    step({ heading: '', text: [t('s2a', { pooler }), t('s2b')], numbers: flowDiagram(context) }),
    inputStep(context),
    featureStep(context),
    rpnStep(context),
    proposalStep(context),
    levelStep(context),
    alignStep(context),
    branchStep(context),
  ]);
}

function flowDiagram(context: ReportContext): string[] {
  const { explanation, t } = context;
  const { input, rpn, proposals, model, detections } = explanation;
  const { boxPool, channels, classes, mask } = model;
  const proposed = [t('flowProposals'), t('flowKept', { n: grouped(proposals.selected.length) })] as const;
  const detected = [t('flowDetections'), String(detections.instances.length)] as const;
  const names = rpn.levels.map(({ level }) => levelName(level));
  const maps = names.length === 1 ? names[0] : `${names[0]}…${names.at(-1)}`;
  const trunk: DiagramStep[] = [
    [t('flowPicture'), `${input.paddedWidth} × ${input.paddedHeight} × 3`],
    [t(structures[model.structure].backbone), `${maps}, ${channels}`],
    [t('flowRpn'), t('flowAnchors', { n: grouped(rpn.anchors) })],
    proposed,
  ];
  const boxBranch: DiagramStep[] = [
    ...pooledSteps(context, boxPool),
    [t('flowBox'), `${classes.length} + 4 × ${classes.length}`],
    detected,
  ];
  if (!mask) return [forkDrawing({ trunk, branches: [boxBranch] }, t('s2'))];
  const { side, output } = mask;
  const maskBranch: DiagramStep[] = [
    ...pooledSteps(context, mask.pool),
    [t('flowMask'), `${side} × ${side} × ${outputTexts[output].channels(classes.length)}`],
    [t('maskWord'), `${side} × ${side}`],
  ];
  return [forkDrawing({ trunk, branches: [boxBranch, maskBranch], back: t('flowBack') }, t('s2'))];
}

function inputStep(context: ReportContext): string {
  const { explanation, t } = context;
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
        [t('mean'), shortNumbers(input.mean)],
        [t('std'), shortNumbers(input.std)],
        [t('range'), input.range.map((value) => fixed(value, 3)).join(' … ')],
      ]),
    ],
    sources: sourcesOf(context, 'input'),
  });
}

/** Mean and std without superfluous digits. */
function shortNumbers(values: readonly number[]): string {
  return values.map((value) => Number(value.toFixed(4))).join(' ');
}

function featureStep(context: ReportContext): string {
  const { explanation, t } = context;
  const figures = explanation.features.map(({ level, stride, channels, strength }) => {
    const { low, high } = rangeOf(strength.values);
    const { rows, columns } = strength;
    const values = { level: levelName(level), rows, columns, channels, stride };
    const caption = t('featureCaption', { ...values, low: fixed(low), high: fixed(high) });
    return figure(gridDrawing(strength, heatMap(strength)), caption, 'map-figure');
  });
  return step({
    heading: t('features'),
    text: [t(structures[explanation.model.structure].features), t('featuresB')],
    figures,
    sources: sourcesOf(context, structures[explanation.model.structure].maps),
  });
}
