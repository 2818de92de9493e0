import type { CocoData } from '../data/coco.ts';
import type { Detection, ResultsTable } from '../data/coco-results-table.ts';
import type { CocoAnnotation, CocoImage } from '../data/coco-types.ts';
import { maskOf } from '../data/mask-of.ts';
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
    const detections = results
      .detectionsOf(index)
      .map((detection) => detectionOf(detection, image, type, areaRule));
    evaluator.add(image.id, truths, detections);
    onPicture?.(done + 1);
  });
}

function truthOf(annotation: CocoAnnotation, image: CocoImage, type: EvalType): EvalTruth {
  const { id, category_id: categoryId, keypoints, bbox } = annotation;
  const hasMask = annotation.segmentation !== undefined;
  const needsMask = type === 'segm' || (bbox === undefined && hasMask && type === 'bbox');
  const mask = needsMask ? maskOf(annotation, image) : undefined;
  const box = bbox ?? (mask === undefined ? undefined : rleBox(mask));
  return {
    id,
    categoryId,
    crowd: annotation.iscrowd === 1,
    ignore: type === 'keypoints' && labelledJoints(annotation) === 0,
    ...(annotation.area === undefined ? {} : { area: annotation.area }),
    ...(box === undefined ? {} : { box }),
    ...(mask === undefined ? {} : { mask }),
    ...(keypoints === undefined ? {} : { keypoints }),
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

function detectionOf(
  detection: Detection,
  image: CocoImage,
  type: EvalType,
  areaRule: AreaRule,
): EvalDetection {
  const { categoryId, score, keypoints } = detection;
  const box = detection.box ?? (detection.mask === undefined ? undefined : rleBox(detection.mask));
  const mask =
    detection.mask ??
    (type === 'segm' && box !== undefined
      ? rleFromPolygons([cornersOf(box)], [image.height, image.width])
      : undefined);
  let area: number | undefined;
  if (areaRule === 'box' && box !== undefined) area = box[2] * box[3];
  else if (mask !== undefined) area = rleArea(mask);
  else if (keypoints !== undefined) area = extent(keypoints);
  return {
    categoryId,
    score,
    ...(area === undefined ? {} : { area }),
    ...(box === undefined ? {} : { box }),
    ...(mask === undefined ? {} : { mask }),
    ...(keypoints === undefined ? {} : { keypoints }),
  };
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
