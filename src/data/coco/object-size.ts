import { upperMedian } from '../../core/upper-median.ts';
import { resizedSize, type SizeLimits } from '../../image/transform.ts';
import type { CocoData } from './dataset.ts';

/**
 * √(box area) that is usual in a data set: the median over its pictures of the median of a picture's objects. Crowds do
 * not count; an object without a box is as large as its area.
 * @param limits How pictures are resized.
 * @returns In pixels of the resized pictures; null if there are no objects.
 */
export function usualObjectSize(dataset: CocoData, limits: SizeLimits): number | null {
  const medians: number[] = [];
  for (const image of dataset.images) {
    const scale = resizedSize(image, limits).width / image.width;
    const sizes = dataset
      .annotationsOf(image.id)
      .filter(({ iscrowd }) => iscrowd !== 1)
      .map(({ bbox, area = 0 }) => scale * Math.sqrt(bbox ? bbox[2] * bbox[3] : area))
      .filter((size) => size > 0);
    if (sizes.length > 0) medians.push(upperMedian(sizes));
  }
  return medians.length > 0 ? Number(upperMedian(medians).toFixed(1)) : null;
}
