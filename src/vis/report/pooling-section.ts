import type { PoolerName } from '../../explanation/model.ts';
import type { PooledRoi } from '../../explanation/pooling.ts';
import { cellsDrawing, exampleDrawing } from './article-drawings.ts';
import { bilinearStep } from './bilinear-step.ts';
import { levelName, type ReportContext } from './context.ts';
import { figure, fixed, section, step, table } from './html.ts';
import { isSampled } from './pooling-text.ts';
import { poolerAp } from './published-ap.ts';
import { pooledDrawing, poolerDrawing, quantisationError } from './roi-drawing.ts';
import { sourcesOf } from './step-sources.ts';
import type { TextKey } from './text-en.ts';
import { poolerNames, poolerTexts } from './variants.ts';

/** Section 8: RoIPool compared with RoIAlign, on the article's example and on this picture's RoI. */
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
    focus ? bilinearStep(context, focus.boxRoi) : '',
    `<h3>${t('paperAlign')}</h3>`,
    table([
      ['', 'RoIPool', 'RoIWarp', 'RoIAlign'],
      [t('paperC4'), ...Object.values(poolerAp).map(({ c4 }) => c4)],
      [t('paperC5'), ...Object.values(poolerAp).map(({ c5 }) => c5)],
    ]),
  ]);
}

function realStep(context: ReportContext, roi: PooledRoi): string {
  const { t } = context;
  const { level, onMap, pool, poolings } = roi;
  const { x, y } = poolings.roiPoolFloor;
  const n = pool.resolution;
  const [x1, y1, x2, y2] = onMap.map((corner) => fixed(corner));
  const width = x.end - x.start;
  const whole = { qx1: x.start, qx2: x.end, qy1: y.start, qy2: y.end };
  const bins = { width, n, exactBin: fixed(width / n), bin: Math.floor(width / n), dropped: x.dropped };
  const text = [
    t('realA', { level: levelName(level), x1, y1, x2, y2, ...whole, ...bins }),
    t('realB', { off: fixed(quantisationError(roi, 'roiPoolFloor'), 1) }),
  ];
  if (isSampled(poolings[pool.kind]) && !pool.aligned) text.push(t('realHalf'));
  if (Math.min(width, y.end - y.start) < n) text.push(t('realNone'));
  const marked = (kind: PoolerName, key: TextKey) =>
    kind === pool.kind ? `${t(key, { n })}${t('own')}` : t(key, { n });
  return step({
    heading: t('realTitle'),
    text,
    sources: sourcesOf(context, 'poolers'),
    figures: poolerNames.flatMap((kind) => [
      figure(poolerDrawing(roi, kind), marked(kind, poolerTexts[kind].caption), 'third'),
      figure(
        pooledDrawing(roi, kind),
        t(valuesText(roi, kind), { n, pooler: poolerTexts[kind].name }),
        'little',
      ),
    ]),
  });
}

/** Says how a bin's value is computed. */
function valuesText({ pool, poolings }: PooledRoi, kind: PoolerName): TextKey {
  if (!isSampled(poolings[kind])) return 'pooledValues';
  return pool.mode === 'avg' ? 'alignedValues' : 'alignedMaxima';
}
