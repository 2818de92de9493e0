import type { Category } from '../config/schema.ts';
import { compressRle } from '../ops/rle/compressed.ts';
import type { Instance, Prediction } from './instance.ts';

/** One record of COCO results, with names added for readers. */
export interface ResultEntry {
  image_id: number;
  file_name: string;
  category_id: number;
  category_name: string;
  /** x, y, width, height in pixels of the upright original. */
  bbox: [number, number, number, number];
  score: number;
  segmentation?: { size: [height: number, width: number]; counts: string };
  /** x, y in pixels of the upright original, and 1, for each joint. */
  keypoints?: number[];
  /** A logit for each joint. */
  keypoint_scores?: number[];
}

/** An instance as a record of COCO results. */
export function resultEntry(
  picture: { path: string; imageId: number },
  instance: Instance,
  categoryId: number,
): ResultEntry {
  const [x1, y1, x2, y2] = instance.box;
  const entry: ResultEntry = {
    image_id: picture.imageId,
    file_name: picture.path,
    category_id: categoryId,
    category_name: instance.category.name,
    bbox: [nineDigits(x1), nineDigits(y1), nineDigits(x2 - x1), nineDigits(y2 - y1)],
    score: nineDigits(instance.score),
  };
  if (instance.mask) {
    const [height, width] = instance.mask.rle.size;
    entry.segmentation = { size: [height, width], counts: compressRle(instance.mask.rle) };
  }
  if (instance.keypoints) {
    const { joints } = instance.keypoints;
    entry.keypoints = joints.flatMap(({ x, y }) => [nineDigits(x), nineDigits(y), 1]);
    entry.keypoint_scores = joints.map(({ score }) => nineDigits(score));
  }
  return entry;
}

/**
 * The instances of one picture as records of COCO results.
 * @param ids Gives each category its id in the results; instances of a category that has none are left out.
 */
export function resultEntries(
  picture: { path: string; imageId: number },
  { instances }: Prediction,
  ids: { categoryId(category: Category): number | null },
): ResultEntry[] {
  return instances.flatMap((instance) => {
    const categoryId = ids.categoryId(instance.category);
    return categoryId === null ? [] : [resultEntry(picture, instance, categoryId)];
  });
}

/** Nine digits identify a float32; a double's seventeen would double the file. */
function nineDigits(value: number): number {
  return Number(value.toPrecision(9));
}
