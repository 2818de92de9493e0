import type { Detection, ResultsTable } from '../data/coco/results-table.ts';
import type { CocoImage } from '../data/coco/types.ts';
import type { EvalDetection } from '../eval/objects.ts';
import { boundsOfPoints } from '../ops/boxes.ts';
import { rleArea, rleBox } from '../ops/rle/measure.ts';
import { rleFromPolygons } from '../ops/rle/polygon.ts';

/** The field that determines a detection's area, and so the area range of an unmatched one. */
export type AreaRule = 'box' | 'mask' | 'joints';

/**
 * As in pycocotools' `loadRes`: the first record's box, else its mask, else its keypoints decide for all
 * records.
 */
export function areaRuleOf(results: ResultsTable): AreaRule {
  const { box, mask } = results.firstHas();
  return box ? 'box' : mask ? 'mask' : 'joints';
}

export interface DetectionReading {
  readonly image: CocoImage;
  readonly areaRule: AreaRule;
  /** Whether masks of a category are compared in this picture. */
  isCompared(categoryId: number): boolean;
}

/**
 * One detection in the evaluators' form, read as pycocotools' `loadRes` reads it: without a box it gets that
 * of its mask; without a mask, if masks are compared, its box serves as one.
 */
export function evalDetection(
  detection: Detection,
  { image, areaRule, isCompared }: DetectionReading,
): EvalDetection {
  const { categoryId, score, keypoints } = detection;
  const box = detection.box ?? (detection.mask === undefined ? undefined : rleBox(detection.mask));
  const mask =
    detection.mask ??
    (box !== undefined && isCompared(categoryId)
      ? rleFromPolygons([cornersOf(box)], [image.height, image.width])
      : undefined);
  return { categoryId, score, box, mask, keypoints, area: areaBy(areaRule, { box, mask, keypoints }) };
}

function areaBy(
  rule: AreaRule,
  { box, mask, keypoints }: Pick<EvalDetection, 'box' | 'mask' | 'keypoints'>,
): number | undefined {
  if (rule === 'box' && box !== undefined) return box[2] * box[3];
  if (mask !== undefined) return rleArea(mask);
  return keypoints === undefined ? undefined : extent(keypoints);
}

function cornersOf([x, y, width, height]: readonly [number, number, number, number]): number[] {
  return [x, y, x, y + height, x + width, y + height, x + width, y];
}

/** Area of the box around all keypoints, labelled or not. */
function extent(keypoints: ArrayLike<number>): number {
  // Without keypoints: outside no range of areas.
  if (keypoints.length === 0) return Number.NaN;
  const [left, top, right, bottom] = boundsOfPoints([keypoints], 3);
  return (right - left) * (bottom - top);
}
