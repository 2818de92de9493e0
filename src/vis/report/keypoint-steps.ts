import type { Grid, PlainBox } from '../../explanation/plain.ts';
import { tenth } from '../rounding.ts';
import type { ReportContext } from './context.ts';
import { heatMap, rangeOf } from './heat-map.ts';
import { figure, fixed, step } from './html.ts';
import { shownName } from './shown-names.ts';
import { sourcesOf } from './step-sources.ts';
import { drawing, gridImage } from './svg.ts';

/** Range of logits below the maximum that is shown; lower ones vanish in the softmax. */
const shownDepth = 8;

/** The keypoint branch's part of the mask section; empty if the model has no such branch. */
export function keypointSteps(context: ReportContext): string[] {
  const { explanation, language, t } = context;
  const { focus, model, detections } = explanation;
  if (model.keypoints === null) return [];
  const heading = t('keypoints');
  const sources = sourcesOf(context, 'keypoints');
  const text = [t('keypointsA', { n: model.keypoints }), t('keypointsB')];
  const instance = focus && focus.instance !== null ? detections.instances[focus.instance] : null;
  if (!focus?.keypoints || !instance?.pose) return [step({ heading, text, sources })];
  const { side, heatMaps } = focus.keypoints;
  const figures = instance.pose.points.map(({ name, x, y, score }, index) => {
    const grid = { rows: side, columns: side, values: heatMaps[index] };
    const caption = t('keypointsCaption', { name: shownName(name, language), score: fixed(score, 1) });
    return figure(keypointDrawing(grid, instance.originalBox, { x, y }), caption, 'little');
  });
  return [
    step({ heading, text: [...text, t('keypointsScores', { side, depth: shownDepth })], figures, sources }),
  ];
}

/** A heat map with a circle around the keypoint. @param box The area that the map covers, in the pixels of the keypoint. */
function keypointDrawing(grid: Grid, [x1, y1, x2, y2]: PlainBox, keypoint: { x: number; y: number }): string {
  const { columns, rows, values } = grid;
  const { high } = rangeOf(values);
  const cx = tenth(((keypoint.x - x1) / (x2 - x1)) * columns);
  const cy = tenth(((keypoint.y - y1) / (y2 - y1)) * rows);
  const circle = (stroke: string, width: number) =>
    `<circle cx="${cx}" cy="${cy}" r="${tenth(columns / 16)}" fill="none" stroke="${stroke}" stroke-width="${width}" vector-effect="non-scaling-stroke"/>`;
  const content =
    gridImage(grid, heatMap(grid, { low: high - shownDepth, high })) + circle('#000', 4) + circle('#fff', 2);
  return drawing([0, 0, columns, rows], content, 'map');
}
