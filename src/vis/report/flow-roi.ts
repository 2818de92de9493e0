import type { Focus } from '../../explanation/focus.ts';
import { className, levelName, plainClassName, type ReportContext, scoreOf } from './context.ts';
import { boxText, facts, figure, fixed, grouped, joinSentences, step, table } from './html.ts';
import { isSampled, poolingText } from './pooling-text.ts';
import { pooledDrawing, poolerDrawing } from './roi-drawing.ts';
import { sourcesOf } from './step-sources.ts';
import { colours, partAround, photo, strongBox } from './svg.ts';
import { poolerTexts } from './variants.ts';

/** Number of classes listed individually in the scores. */
const classesShown = 8;

/** The pyramid level of each RoI; empty with a single map. */
export function levelStep(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus, proposals } = explanation;
  const canonical = proposals.canonicalSize;
  if (canonical === null) return '';
  const text = [t('levelsA', { canonical })];
  if (focus?.boxRoi.choice) {
    const { box, level, choice } = focus.boxRoi;
    const [width, height] = [box[2] - box[0], box[3] - box[1]];
    const sizes = {
      width: fixed(width, 1),
      height: fixed(height, 1),
      side: fixed(Math.sqrt(width * height), 1),
    };
    text.push(t('levelsB', { ...sizes, canonical, exact: fixed(choice.exact), level: levelName(level) }));
  }
  const rows = proposals.pooledFrom.map(({ level, count }) => [levelName(level), grouped(count)]);
  return step({
    heading: t('levels'),
    text,
    numbers: [table([[t('level'), t('pooledFrom')], ...rows])],
    sources: sourcesOf(context, 'levels'),
  });
}

/** Stage 6, first half: the proposal is pooled to a fixed size. */
export function alignStep(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus } = explanation;
  if (!focus) return '';
  const { boxRoi: roi } = focus;
  const values = { channel: roi.channel, level: levelName(roi.level) };
  const pooler = poolerTexts[roi.pool.kind].name;
  const samples = isSampled(roi.poolings[roi.pool.kind]);
  return step({
    heading: t('align', { pooler }),
    text: [...(roi.choice ? [] : [t('oneMap', values)]), ...poolingText(t, roi)],
    figures: [
      figure(poolerDrawing(roi), t(samples ? 'alignCaption' : 'binsCaption', values), 'third'),
      figure(pooledDrawing(roi), t('alignedCaption', { n: roi.pool.resolution, pooler }), 'little'),
    ],
    sources: sourcesOf(context, samples ? 'sampled' : 'quantised'),
  });
}

/** Stages 6 and 7: class, box, and the NMS that leaves one box per object. */
export function branchStep(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus, input, model, detections } = explanation;
  if (!focus) return '';
  const { proposal, box, rivals } = focus;
  const refinement = photo(
    input,
    strongBox(proposal.anchor.box, colours.anchor, true) +
      strongBox(proposal.box, colours.proposal) +
      strongBox(box, colours.final),
    partAround(box, input, 0.6),
  );
  const { scoreThreshold, nmsThreshold, nmsOverlap, candidates, selected } = detections;
  const counts = { candidates: grouped(candidates), kept: selected };
  const nmsNote = nmsOverlap === 'smaller' ? 'nmsNoteSmaller' : 'nmsNote';
  const suppression = [t(nmsNote, { ...counts, score: scoreThreshold, nms: nmsThreshold })];
  if (focus.instance !== null) suppression.push(t('rivals', { n: rivals.length }));
  return step({
    heading: t('branch'),
    text: [
      t('branchA', { n: model.boxPool.resolution, channels: model.channels }),
      ...(model.shared ? [t('branchRes5', model.shared)] : []),
      ...(model.shared && model.mask ? [t('branchShared')] : []),
      predictionText(context, focus),
      ...fateText(context, focus),
    ],
    figures: [
      figure(refinement, t('refineCaption'), 'third'),
      figure(scoreBars(context, focus), t('scoresCaption'), 'third'),
    ],
    numbers: [
      facts([
        [t('anchorBox'), boxText(proposal.anchor.box)],
        [t('anchorDeltas'), proposal.anchor.deltas.map((delta) => fixed(delta, 3)).join(', ')],
        [t('anchorLogit'), `${fixed(proposal.anchor.logit, 3)} → ${fixed(proposal.score, 4)}`],
        [t('proposalBox'), boxText(proposal.box)],
        [t('proposalRank'), `${proposal.rank + 1} (${levelName(proposal.level)})`],
        [t('refinedBox'), boxText(box)],
      ]),
      `<p>${joinSentences(suppression)}</p>`,
    ],
    sources: sourcesOf(context, 'branch'),
  });
}

/** What the branch predicts for the followed RoI. */
function predictionText(context: ReportContext, focus: Focus): string {
  const { explanation, t } = context;
  const { fate, classScores, deltas, codingWeights, iou } = focus;
  const said = { name: plainClassName(context, focus.label), score: fixed(scoreOf(focus), 3) };
  if (fate === 'background' || fate === 'belowThreshold') {
    return t(fate === 'background' ? 'branchBackground' : 'branchBelowThreshold', {
      ...said,
      background: fixed(classScores[0], 3),
      threshold: explanation.detections.scoreThreshold,
    });
  }
  const [dx, dy, dw, dh] = deltas.map((delta) => fixed(delta, 3));
  const [wx, wy, ww, wh] = codingWeights;
  return t('branchB', { ...said, dx, dy, dw, dh, wx, wy, ww, wh, iou: fixed(iou) });
}

/** Explains why a proposal above the score threshold did not become an instance; empty for others. */
function fateText({ explanation, t }: ReportContext, { fate, suppressedBy }: Focus): string[] {
  if (fate === 'suppressed' && suppressedBy !== null) return [t('fateSuppressed', { n: suppressedBy + 1 })];
  if (fate === 'rescored') return [t('fateRescored')];
  if (fate !== 'dropped') return [];
  return [t(explanation.detections.rescored ? 'fateDroppedOrRescored' : 'fateDropped')];
}

function scoreBars(context: ReportContext, { classScores, label }: Focus): string {
  const order = [...classScores.keys()].sort((a, b) => classScores[b] - classScores[a]);
  const shown = order.slice(0, classesShown);
  const bar = (name: string, score: number, on: boolean) =>
    `<div${on ? ' class="on"' : ''}><span>${name}</span><svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${(100 * score).toFixed(2)}" height="10"/></svg><span>${fixed(score, 4)}</span></div>`;
  const bars = shown.map((index) => bar(className(context, index), classScores[index], index === label));
  const rest = order.slice(classesShown);
  if (rest.length > 0) {
    const total = rest.reduce((sum, index) => sum + classScores[index], 0);
    bars.push(bar(context.t('otherClasses', { n: rest.length }), total, false));
  }
  return `<div class="bars">${bars.join('')}</div>`;
}
