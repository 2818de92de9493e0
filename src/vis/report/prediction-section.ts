import type { Focus } from '../../explanation/focus.ts';
import type { MaskFocus } from '../../explanation/mask-focus.ts';
import { rleFromCounts } from '../../ops/rle/rle.ts';
import { outlinePath } from '../outline.ts';
import { maskNote, type ReportContext } from './context.ts';
import { heatMap } from './heat-map.ts';
import { boxText, facts, figure, fixed, grouped, section, step } from './html.ts';
import { sourcesOf } from './step-sources.ts';
import { colours, gridDrawing, maskArea, partAround, photo, strongBox } from './svg.ts';
import { usualMask } from './variants.ts';

/** Section 7: from the 28×28 mask to the pixels of the picture. */
export function predictionSection(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus } = explanation;
  const text = predictionText(context);
  const sources = sourcesOf(context, 'prediction');
  if (!focus?.mask) return section(7, t('s7'), [maskNote(context), step({ heading: '', text, sources })]);
  return section(7, t('s7'), [step({ heading: '', text, ...pasting(context, focus, focus.mask), sources })]);
}

/** The sentences of section 7, with what the mask does to the score of the followed RoI. */
export function predictionText(context: ReportContext): string[] {
  const { explanation, t } = context;
  const { focus, model } = explanation;
  const text = [t('s7a'), t('s7b', { side: (model.mask ?? usualMask).side })];
  return focus?.mask ? [...text, ...rescoringText(context, focus)] : text;
}

/** Explains how the mask rescores the instance; empty in models without rescoring. */
function rescoringText(
  { explanation: { detections }, t }: ReportContext,
  { instance, fate, classScores, label, mask }: Focus,
): string[] {
  if (fate === 'rescored' && mask) {
    const inside = mask.probabilities.filter((probability) => probability > 0.5);
    const mean = inside.reduce((sum, probability) => sum + probability, 0) / Math.max(inside.length, 1);
    const [before, after] = [classScores[label], classScores[label] * mean].map((value) => fixed(value, 3));
    return [
      t('s7cDropped', { certainty: fixed(mean, 3), before, after, threshold: detections.scoreThreshold }),
    ];
  }
  if (!detections.rescored || instance === null) return [];
  const { score, classScore } = detections.instances[instance];
  const certainty = fixed(score / classScore, 3);
  return [t('s7c', { certainty, before: fixed(classScore, 3), after: fixed(score, 3) })];
}

function pasting({ explanation, t }: ReportContext, focus: Focus, mask: MaskFocus) {
  const { input } = explanation;
  const { side, probabilities, resized, area, originalBox, pasted } = mask;
  const unit = { low: 0, high: 1 };
  const small = { rows: side, columns: side, values: probabilities };
  const above = { ...resized.grid, values: resized.grid.values.map((value) => (value > 0.5 ? 1 : 0)) };
  const boxes = strongBox(focus.proposal.box, colours.proposal, true) + strongBox(focus.box, colours.final);
  const rle = rleFromCounts(pasted.counts, pasted.size);
  const outline = maskArea(outlinePath(rle, input.scale[0]));
  const part = partAround(focus.box, input, 0.6);
  return {
    figures: [
      figure(gridDrawing(small, heatMap(small, unit)), t('stepMask', { side })),
      figure(gridDrawing(resized.grid, heatMap(resized.grid, unit)), t('stepResized', resizedSize(mask))),
      figure(gridDrawing(above, heatMap(above, unit)), t('stepThreshold')),
      figure(photo(input, outline + boxes, part), t('stepPasted', { n: grouped(area) })),
    ],
    numbers: [
      facts([
        [t('boxInOriginal'), boxText(originalBox)],
        [t('maskPixels'), grouped(area)],
      ]),
    ],
  };
}

function resizedSize({ resized: { width, height } }: MaskFocus) {
  return { width, height };
}
