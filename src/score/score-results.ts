import type { CocoData } from '../data/coco/coco.ts';
import { maskOf } from '../data/coco/mask-of.ts';
import type { Detection, ResultsTable } from '../data/coco/results-table.ts';
import type { CocoAnnotation, CocoImage } from '../data/coco/types.ts';
import type { EvalDetection, EvalTruth } from '../eval/objects.ts';
import type { EvalType } from '../eval/params.ts';
import { rleArea, rleBox } from '../ops/rle/measure.ts';
import { rleFromPolygons } from '../ops/rle/polygon.ts';

/** Whatever scores detections picture by picture. */
export interface PictureEvaluator {
  add(imageId: number, truths: readonly EvalTruth[], detections: readonly EvalDetection[]): void;
}

/**
 * Hands every picture of the data set, by ascending id, with its results to an evaluator. Records are read as
 * pycocotools' `loadRes` and `COCOeval._prepare` read them.
 * @param onPicture Called after each picture with their number so far.
 * @throws InputError that names the annotation or record where what `type` compares is absent or wrong.
 */
export function scoreResults(
  dataset: CocoData,
  results: ResultsTable,
  { type, onPicture }: { type: EvalType; onPicture?: (done: number) => void },
  evaluator: PictureEvaluator,
): void {
  const areaRule = areaRuleOf(results);
  const order = results.images.map((_, index) => index);
  order.sort((a, b) => results.images[a].id - results.images[b].id);
  order.forEach((index, done) => {
    const image = results.images[index];
    const truths = dataset.annotationsOf(image.id).map((annotation) => truthOf(annotation, image, type));
    const compared = new Set(type === 'segm' ? truths.map(({ categoryId }) => categoryId) : []);
    // Most detections meet no object of their class; without need of its area such a mask stays compressed.
    const wantsMask = (categoryId: number, hasBox: boolean) =>
      compared.has(categoryId) || areaRule === 'mask' || !hasBox;
    const detections = results
      .detectionsOf(index, wantsMask)
      .map((detection) => detectionOf(detection, image, { type, areaRule, compared }));
    evaluator.add(image.id, truths, detections);
    onPicture?.(done + 1);
  });
}

function truthOf(annotation: CocoAnnotation, image: CocoImage, type: EvalType): EvalTruth {
  const { id, category_id: categoryId, keypoints, bbox } = annotation;
  const hasMask = annotation.segmentation !== undefined;
  const needsMask = type === 'segm' || (bbox === undefined && hasMask && type === 'bbox');
  const mask = needsMask ? maskOf(annotation, image) : undefined;
  return {
    id,
    categoryId,
    crowd: annotation.iscrowd === 1,
    ignore: type === 'keypoints' && labelledJoints(annotation) === 0,
    area: annotation.area,
    box: bbox ?? (mask === undefined ? undefined : rleBox(mask)),
    mask,
    keypoints,
  };
}

function labelledJoints({ num_keypoints, keypoints }: CocoAnnotation): number {
  if (num_keypoints !== undefined) return num_keypoints;
  let labelled = 0;
  for (let i = 2; i < (keypoints?.length ?? 0); i += 3) if (keypoints![i] > 0) labelled++;
  return labelled;
}

type AreaRule = 'box' | 'mask' | 'joints';

/** pycocotools looks at the first record: its box, else its mask, else its joints give the areas of all. */
function areaRuleOf(results: ResultsTable): AreaRule {
  const { box, mask } = results.firstHas();
  return box ? 'box' : mask ? 'mask' : 'joints';
}

interface Reading {
  readonly type: EvalType;
  readonly areaRule: AreaRule;
  /** Categories whose masks are compared in this picture. */
  readonly compared: ReadonlySet<number>;
}

function detectionOf(detection: Detection, image: CocoImage, reading: Reading): EvalDetection {
  const { categoryId, score, keypoints } = detection;
  const box = detection.box ?? (detection.mask === undefined ? undefined : rleBox(detection.mask));
  const mask =
    detection.mask ??
    (box !== undefined && reading.compared.has(categoryId)
      ? rleFromPolygons([cornersOf(box)], [image.height, image.width])
      : undefined);
  return {
    categoryId,
    score,
    box,
    mask,
    keypoints,
    area: areaBy(reading.areaRule, { box, mask, keypoints }),
  };
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

/** Area of the box around all joints, labelled or not. */
function extent(keypoints: ArrayLike<number>): number {
  let [left, top, right, bottom] = [keypoints[0], keypoints[1], keypoints[0], keypoints[1]];
  for (let i = 3; i < keypoints.length; i += 3) {
    left = Math.min(left, keypoints[i]);
    right = Math.max(right, keypoints[i]);
    top = Math.min(top, keypoints[i + 1]);
    bottom = Math.max(bottom, keypoints[i + 1]);
  }
  return (right - left) * (bottom - top);
}
