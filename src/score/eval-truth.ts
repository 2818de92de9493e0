import { InputError } from '../core/errors.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import { boxOf, labelledJoints, maskOf, maskProblem } from '../data/coco/truth.ts';
import type { CocoAnnotation, CocoImage } from '../data/coco/types.ts';
import type { EvalTruth } from '../eval/objects.ts';
import type { EvalType } from '../eval/params.ts';

/** The type of comparison, and the number of keypoints if keypoints are compared. */
export interface Compared {
  readonly type: EvalType;
  /** Keypoints of the data set's categories; only used for `keypoints`. */
  readonly joints: number;
}

/** @throws InputError that names an annotation without the mask that `segm` compares. */
export function requireSegmentations(dataset: CocoData): void {
  const without = dataset.annotations.find(
    ({ segmentation, image_id }) => segmentation === undefined && dataset.image(image_id) !== undefined,
  );
  if (without === undefined) return;
  throw new InputError(
    dataset.source,
    `annotation ${without.id} has no segmentation; compare boxes with --type bbox`,
  );
}

/**
 * One annotation in the evaluators' form, read as pycocotools reads it (`COCOeval._prepare`). An annotation
 * without a box gets that of its mask. For `keypoints`, one without labelled keypoints counts neither when found
 * nor when missed.
 * @throws InputError naming the annotation if a mask that is needed is damaged, has no ring, or, for `segm`, is
 * absent.
 */
export function evalTruth(
  annotation: CocoAnnotation,
  image: CocoImage,
  { type, joints }: Compared,
): EvalTruth {
  const { id, category_id: categoryId, iscrowd, area, bbox, segmentation, keypoints } = annotation;
  const needsMask = type === 'segm' || (bbox === undefined && segmentation !== undefined);
  const problem = needsMask && segmentation ? maskProblem(segmentation) : undefined;
  if (problem !== undefined) throw new InputError(`annotation ${id}`, `segmentation: ${problem}`);
  const mask = needsMask ? maskOf(annotation, image) : undefined;
  const isPose = type === 'keypoints';
  return {
    id,
    categoryId,
    crowd: iscrowd === 1,
    ignore: isPose && labelledJoints(annotation) === 0,
    area,
    box: boxOf(annotation, mask),
    mask,
    keypoints: keypoints ?? (isPose ? new Float64Array(3 * joints) : undefined),
  };
}
