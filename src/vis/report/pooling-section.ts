import type { PooledRoi } from '../../core/explanation.ts';
import { cellsDrawing, exampleDrawing } from './article-drawings.ts';
import { levelName, type ReportContext } from './context.ts';
import { figure, fixed, section, step, table } from './html.ts';
import { alignDrawing, poolDrawing, pooledDrawing, quantisationError } from './roi-drawing.ts';

/** 8: RoIPool beside RoIAlign, on the article's numbers and on this picture's RoI. */
export function poolingSection(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus } = explanation;
  return section(8, t('s8'), [
    step({
      heading: '',
      text: [t('s8a'), t('s8b')],
      figures: [
        figure(cellsDrawing(8), t('evenCaption'), 'map-figure'),
        figure(cellsDrawing(9), t('unevenCaption'), 'map-figure'),
      ],
    }),
    step({
      heading: t('exampleTitle'),
      text: [t('exampleA'), t('exampleB')],
      figures: [figure(exampleDrawing(), t('exampleCaption'), 'middle')],
    }),
    focus ? realStep(context, focus.boxRoi) : '',
    `<h3>${t('paperAlign')}</h3>`,
    table([
      ['', 'RoIPool', 'RoIAlign'],
      [t('paperC4'), '26.9', '30.3'],
      [t('paperC5'), '23.6', '30.9'],
    ]),
  ]);
}

function realStep({ t }: ReportContext, roi: PooledRoi): string {
  const { level, onMap, resolution: n, unequal, dropping, aligned2d, pooled2d } = roi;
  const [x1, y1, x2, y2] = onMap.map((corner) => fixed(corner));
  const width = unequal.x.end - unequal.x.start;
  const whole = { qx1: unequal.x.start, qx2: unequal.x.end, qy1: unequal.y.start, qy2: unequal.y.end };
  const bins = {
    width,
    n,
    exactBin: fixed(width / n),
    bin: Math.floor(width / n),
    dropped: dropping.x.dropped,
  };
  const text = [
    t('realA', { level: levelName(level), x1, y1, x2, y2, ...whole, ...bins }),
    t('realB', { off: fixed(quantisationError(roi), 1) }),
  ];
  if (!roi.aligned) text.push(t('realHalf'));
  const smallest = Math.min(width, unequal.y.end - unequal.y.start);
  if (smallest < n) text.push(t('realNone'));
  return step({
    heading: t('realTitle'),
    text,
    figures: [
      figure(poolDrawing(roi, 'unequal'), t('roiPoolUnequal'), 'third'),
      figure(poolDrawing(roi, 'dropping'), t('roiPoolDropping'), 'third'),
      figure(alignDrawing(roi), t('roiAlign', { n }), 'third'),
      figure(pooledDrawing(roi, pooled2d), t('pooledValues', { n }), 'little'),
      figure(pooledDrawing(roi, aligned2d), t('alignedValues', { n }), 'little'),
    ],
  });
}
