import { largest } from '../../core/extremes.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { Proposal, RpnLevel } from '../../explanation/stages.ts';
import { palette } from '../colors.ts';
import { tenth } from '../rounding.ts';
import { levelName, type ReportContext } from './context.ts';
import { heatMap } from './heat-map.ts';
import { figure, fixed, grouped, joinSentences, percent, step, table } from './html.ts';
import { sourcesOf } from './step-sources.ts';
import { boxPath, colours, gridDrawing, photo, strongBox } from './svg.ts';

/** Maximum number of outlines drawn over a picture; more would hide it. */
const boxesShown = 250;

/** Anchor sizes per line. */
const shapesInLine = 5;

/** Hues of P2…P6. */
const levelHues = [0, 7, 3, 10, 5];

/** Stage 3: the output of the RPN head. */
export function rpnStep(context: ReportContext): string {
  const { explanation, t } = context;
  const { levels, training } = explanation.rpn;
  const maps = levels.map(({ level, objectness }) => {
    const high = fixed(largest(objectness.values.map(Number)), 3);
    const map = gridDrawing(objectness, heatMap(objectness, { low: 0, high: 1 }));
    return figure(map, t('rpnCaption', { level: levelName(level), high }), 'fifth');
  });
  const rows = levels.map(({ level, objectness: { rows, columns }, stride, shapes }) => [
    levelName(level),
    `${columns} × ${rows}`,
    stride.x === stride.y ? stride.x : `${stride.x}, ${stride.y}`,
    shapeList(shapes),
    grouped(rows * columns * shapes.length),
  ]);
  const heading = [t('level'), t('grid'), t('stride'), t('anchorSizes'), t('anchorCount')];
  return step({
    heading: t('rpn'),
    text: [t('rpnA'), t('rpnTraining', { ...training, fraction: percent(training.fraction) }), t('rpnB')],
    figures: [...maps, anchorFigure(context)],
    numbers: [table([heading, ...rows])],
    sources: sourcesOf(context, 'rpn'),
  });
}

/** Widths and heights as text, a few per line. */
function shapeList(shapes: readonly PlainBox[]): string {
  const sizes = shapes.map(([x1, y1, x2, y2]) => `${tenth(x2 - x1)} × ${tenth(y2 - y1)}`);
  const lines = Array.from({ length: Math.ceil(sizes.length / shapesInLine) }, (_, i) =>
    sizes.slice(i * shapesInLine, (i + 1) * shapesInLine).join(', '),
  );
  return lines.join('<br/>');
}

function anchorFigure({ explanation, t }: ReportContext): string {
  const { focus, input, rpn } = explanation;
  const around: PlainBox = focus?.proposal.box ?? [0, 0, input.width, input.height];
  const at = { x: (around[0] + around[2]) / 2, y: (around[1] + around[3]) / 2 };
  const anchors = rpn.levels.map((level, i) => boxPath(anchorsNear(level, at), style(i)));
  const roi = focus ? strongBox(focus.proposal.box, colours.proposal) : '';
  return figure(
    photo(input, anchors.join('') + roi),
    joinSentences([t('anchorsCaption'), levelLegend(explanation.rpn.levels)]),
    'third',
  );
}

function anchorsNear({ shapes, stride, objectness }: RpnLevel, at: { x: number; y: number }): PlainBox[] {
  const x = Math.min(Math.round(at.x / stride.x), objectness.columns - 1) * stride.x;
  const y = Math.min(Math.round(at.y / stride.y), objectness.rows - 1) * stride.y;
  return shapes.map(([x1, y1, x2, y2]) => [x + x1, y + y1, x + x2, y + y2]);
}

/** Stage 4: the anchors that become proposals. */
export function proposalStep(context: ReportContext): string {
  const { explanation, t } = context;
  const { rpn, proposals, input } = explanation;
  const { perLevel, limit, nmsThreshold, beforeNms, selected } = proposals;
  const names = rpn.levels.map(({ level }) => level);
  const picture = (boxes: readonly Proposal[]) =>
    photo(input, proposalPaths(boxes.slice(0, boxesShown), names));
  const caption = (key: 'beforeCaption' | 'afterCaption', { length }: readonly Proposal[]) =>
    t(key, { shown: Math.min(length, boxesShown), n: grouped(length) });
  const rows = rpn.levels.map(({ level, candidates, afterNms, selected }) => [
    levelName(level),
    grouped(candidates),
    grouped(afterNms),
    grouped(selected),
  ]);
  const levelKey = names.length > 1 ? [t('levelColours'), levelLegend(rpn.levels)] : [];
  const total = { before: grouped(beforeNms.length), after: grouped(selected.length) };
  return step({
    heading: t('proposals'),
    text: [
      t('proposalsA', { perLevel: grouped(perLevel), nms: nmsThreshold }),
      t('proposalsB', { limit: grouped(limit), ...total }),
    ],
    figures: [
      figure(picture(beforeNms), joinSentences([caption('beforeCaption', beforeNms), ...levelKey]), 'half'),
      figure(picture(selected), caption('afterCaption', selected), 'half'),
    ],
    numbers: [table([[t('level'), t('candidates'), t('afterNms'), t('selected')], ...rows])],
    sources: sourcesOf(context, 'proposals'),
  });
}

function proposalPaths(proposals: readonly Proposal[], names: readonly string[]): string {
  return names
    .map((name, i) =>
      boxPath(
        proposals.filter(({ level }) => level === name).map(({ box }) => box),
        style(i),
      ),
    )
    .join('');
}

function style(level: number) {
  return { stroke: levelColour(level), width: 1.2, opacity: 0.85 };
}

function levelColour(level: number): string {
  return `rgb(${palette[levelHues[level % levelHues.length]].join(',')})`;
}

function levelLegend(levels: readonly RpnLevel[]): string {
  const items = levels.map(({ level }, i) => {
    // A drawn square rather than coloured text, which a strict content security policy would not allow.
    const square = `<svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" fill="${levelColour(i)}"/></svg>`;
    return `<span class="level-key">${square} ${levelName(level)}</span>`;
  });
  return items.join(' ');
}
