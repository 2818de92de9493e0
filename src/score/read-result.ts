import type { Detection } from '../data/coco/results-table.ts';
import { maskOf } from '../data/coco/truth.ts';
import type { CocoImage, CocoResult } from '../data/coco/types.ts';

/**
 * Converts one in-memory record of COCO results to a detection, as `readCocoResults` does from a file.
 * @throws InputError if its mask does not fit the image.
 */
export function detectionOf(record: CocoResult, image: CocoImage): Detection {
  const { category_id: categoryId, score, bbox: box, segmentation, keypoints } = record;
  return {
    categoryId,
    score,
    box,
    mask: segmentation === undefined ? undefined : maskOf({ id: record.image_id, segmentation }, image),
    keypoints: keypoints === undefined ? undefined : Float64Array.from(keypoints),
  };
}
