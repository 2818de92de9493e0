import { InputError, messageOf } from '../../core/errors.ts';
import { decompressRle } from '../../ops/rle/compressed.ts';
import { rleBox } from '../../ops/rle/measure.ts';
import { rleFromPolygons } from '../../ops/rle/polygon.ts';
import { type Rle, rleFromCounts } from '../../ops/rle/rle.ts';
import type { CocoAnnotation, CocoBox, CocoImage, CocoPolygons, CocoSegmentation } from './types.ts';

/**
 * How a COCO annotation becomes truth: the mask, box and keypoints of its object. Training (`data/sample/`), evaluation
 * (`score/eval-truth.ts`), checks and converters all read annotations through these functions.
 */

/** Whether the segmentation is a list of rings; otherwise it is an RLE. */
export function isPolygons(segmentation: CocoSegmentation): segmentation is CocoPolygons {
  return Array.isArray(segmentation);
}

/** Whether a ring has at least three points, each with x and y. */
export function isRing(ring: ArrayLike<number>): boolean {
  return ring.length >= 6 && ring.length % 2 === 0;
}

/**
 * What is wrong with a segmentation of which no ring can be used, in words that follow its field; undefined for any other.
 * Some programs write points or a box where COCO has rings.
 */
export function maskProblem(segmentation: CocoSegmentation): string | undefined {
  if (!isPolygons(segmentation) || segmentation.some(isRing)) return undefined;
  return `expected rings [[x0, y0, x1, y1, …], …] of 3 points or more, got ${formOf(segmentation)}`;
}

function formOf(rings: CocoPolygons): string {
  if (rings.length > 1 && rings.every(({ length }) => length === 2)) return 'a list of points [[x, y], …]';
  if (rings.length === 1 && rings[0].length === 4) return 'four numbers, as of a box [x, y, width, height]';
  return 'fewer points';
}

/**
 * The mask of an annotation at the size of its image. Rings of fewer than three points are ignored.
 * @throws InputError if there is no segmentation, or an RLE does not fit the image.
 * @example
 * ```ts
 * import { maskOf, readCocoDataset } from 'mask-rcnn';
 *
 * const dataset = await readCocoDataset('train.json');
 * const [annotation] = dataset.annotations;
 * const image = dataset.image(annotation.image_id);
 * if (image) console.log(maskOf(annotation, image).counts);
 * ```
 */
export function maskOf(
  annotation: Pick<CocoAnnotation, 'id' | 'segmentation'>,
  image: Pick<CocoImage, 'width' | 'height'>,
): Rle {
  const { id, segmentation } = annotation;
  const size = [image.height, image.width] as const;
  if (segmentation === undefined) throw new InputError(`annotation ${id}`, 'has no segmentation');
  try {
    if (isPolygons(segmentation)) return rleFromPolygons(segmentation.filter(isRing), size);
    const [height, width] = segmentation.size;
    if (height !== size[0] || width !== size[1]) {
      throw new RangeError(
        `expected an RLE of height ${size[0]} and width ${size[1]}, got ${height} and ${width}`,
      );
    }
    const { counts } = segmentation;
    return typeof counts === 'string' ? decompressRle(counts, size) : rleFromCounts(counts, size);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`annotation ${id}`, `segmentation: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * The annotated box, otherwise the mask's; undefined if there is neither.
 * @param mask The annotation's mask, if already known.
 */
export function boxOf(annotation: Pick<CocoAnnotation, 'bbox'>, mask: Rle): CocoBox;
export function boxOf(annotation: Pick<CocoAnnotation, 'bbox'>, mask?: Rle): CocoBox | undefined;
export function boxOf({ bbox }: Pick<CocoAnnotation, 'bbox'>, mask?: Rle): CocoBox | undefined {
  return bbox ?? (mask === undefined ? undefined : rleBox(mask));
}

/** The number of keypoints with visibility above 0 (COCO's `num_keypoints`, counted if absent). */
export function labelledJoints({
  num_keypoints,
  keypoints,
}: Pick<CocoAnnotation, 'num_keypoints' | 'keypoints'>): number {
  if (num_keypoints !== undefined) return num_keypoints;
  let labelled = 0;
  for (let i = 2; i < (keypoints?.length ?? 0); i += 3) if (keypoints![i] > 0) labelled++;
  return labelled;
}
