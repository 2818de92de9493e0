import { rleArea } from '../../ops/rle/measure.ts';
import { boxOf, maskOf } from '../coco/truth.ts';
import type { CocoAnnotation, CocoBox, CocoDataset, CocoImage } from '../coco/types.ts';

/** Values counted in bins. */
export interface Histogram {
  /** Lower end of each bin; a bin ends where the next begins, the last has no end. */
  readonly from: readonly number[];
  readonly counts: readonly number[];
}

/** The distribution of a quantity. */
export interface Distribution {
  readonly min: number;
  readonly median: number;
  readonly mean: number;
  readonly max: number;
  readonly histogram: Histogram;
}

/** The objects of one category. */
export interface CategoryStatistics {
  readonly name: string;
  readonly instances: number;
  readonly images: number;
  /** Median of the square root of the area, in pixels; null without instances that have one. */
  readonly medianSize: number | null;
}

/** What `datasetStatistics` counts. Distributions are null where there is nothing to count. */
export interface DatasetStatistics {
  readonly images: number;
  readonly imagesWithoutInstances: number;
  /** Without crowds. */
  readonly instances: number;
  readonly crowds: number;
  readonly withMask: number;
  /** Instances of an image that the data set does not list, which no other number but `instances` and `withMask` counts. */
  readonly withoutImage: number;
  /** The others of a category that it does not list. */
  readonly withoutCategory: number;
  /** The others without an area above 0, which have no size. */
  readonly withoutArea: number;
  /** Longer side of the pictures in pixels. */
  readonly pictureSide: Distribution | null;
  readonly instancesPerImage: Distribution | null;
  /** Square root of the area of an instance, in pixels. */
  readonly size: Distribution | null;
  /** Width of an instance's box divided by its height. */
  readonly aspect: Distribution | null;
  /** Instances below 32², below 96² and from 96² pixels, COCO's small, medium and large. */
  readonly byCocoSize: { readonly small: number; readonly medium: number; readonly large: number };
  /** Most instances first. */
  readonly categories: readonly CategoryStatistics[];
}

const bins = {
  pictureSide: [0, 128, 256, 512, 1024, 2048, 4096],
  perImage: [0, 1, 2, 3, 5, 10, 20, 50, 100, 200],
  size: [0, 4, 8, 16, 32, 64, 96, 128, 256, 512],
  aspect: [0, 1 / 8, 1 / 4, 1 / 2, 1 / 1.5, 1.5, 2, 4, 8],
};

/**
 * Counts the pictures and instances of a data set: how many, how large, of what shape and category.
 * @throws InputError where a mask does not fit its image.
 * @example
 * ```ts
 * import { datasetStatistics, readCocoDataset } from 'mask-rcnn';
 *
 * const { instances, size } = datasetStatistics(await readCocoDataset('train.json'));
 * console.log(`${instances} instances, half of them smaller than ${size?.median} pixels`);
 * ```
 */
export function datasetStatistics(dataset: CocoDataset): DatasetStatistics {
  const images = new Map(dataset.images.map((image) => [image.id, image]));
  const perImage = new Map(dataset.images.map(({ id }) => [id, 0]));
  const objects = dataset.annotations.filter(({ iscrowd }) => iscrowd !== 1);
  const measured = objects.flatMap((annotation) => {
    const image = images.get(annotation.image_id);
    if (!image) return [];
    perImage.set(image.id, (perImage.get(image.id) ?? 0) + 1);
    return [measure(annotation, image)];
  });
  const categoryIds = new Set(dataset.categories.map(({ id }) => id));
  const sizes = sizesOf(measured);
  return {
    images: dataset.images.length,
    imagesWithoutInstances: [...perImage.values()].filter((count) => count === 0).length,
    instances: objects.length,
    crowds: dataset.annotations.length - objects.length,
    withMask: objects.filter(({ segmentation }) => segmentation !== undefined).length,
    withoutImage: objects.length - measured.length,
    withoutCategory: measured.filter(({ categoryId }) => !categoryIds.has(categoryId)).length,
    withoutArea: measured.length - sizes.length,
    pictureSide: distribution(
      dataset.images.map(({ width, height }) => Math.max(width, height)),
      bins.pictureSide,
    ),
    instancesPerImage: distribution([...perImage.values()], bins.perImage),
    size: distribution(sizes, bins.size),
    aspect: distribution(
      measured.flatMap(({ box }) => (box && box[2] > 0 && box[3] > 0 ? [box[2] / box[3]] : [])),
      bins.aspect,
    ),
    byCocoSize: {
      small: sizes.filter((size) => size < 32).length,
      medium: sizes.filter((size) => size >= 32 && size < 96).length,
      large: sizes.filter((size) => size >= 96).length,
    },
    categories: categoriesOf(dataset, measured),
  };
}

interface Measured {
  readonly imageId: number;
  readonly categoryId: number;
  /** Pixels. */
  readonly area: number;
  readonly box: CocoBox | undefined;
}

function measure(annotation: CocoAnnotation, image: CocoImage): Measured {
  const { image_id: imageId, category_id: categoryId, segmentation, area } = annotation;
  const needsMask = segmentation !== undefined && (annotation.bbox === undefined || area === undefined);
  const mask = needsMask ? maskOf(annotation, image) : undefined;
  const box = mask ? boxOf(annotation, mask) : annotation.bbox;
  return { imageId, categoryId, box, area: area ?? (mask ? rleArea(mask) : box ? box[2] * box[3] : 0) };
}

/** Square roots of the areas, of instances that have one. */
function sizesOf(measured: readonly Measured[]): number[] {
  return measured.flatMap(({ area }) => (area > 0 ? [Math.sqrt(area)] : []));
}

function categoriesOf({ categories }: CocoDataset, measured: readonly Measured[]): CategoryStatistics[] {
  return categories
    .map(({ id, name }) => {
      const own = measured.filter(({ categoryId }) => categoryId === id);
      const sizes = sizesOf(own);
      return {
        name,
        instances: own.length,
        images: new Set(own.map(({ imageId }) => imageId)).size,
        medianSize: sizes.length === 0 ? null : medianOf(sizes),
      };
    })
    .sort((a, b) => b.instances - a.instances);
}

function distribution(values: readonly number[], from: readonly number[]): Distribution | null {
  if (values.length === 0) return null;
  const counts = from.map(() => 0);
  for (const value of values) counts[from.findLastIndex((start) => value >= start)]++;
  const sorted = values.toSorted((a, b) => a - b);
  return {
    min: sorted[0],
    median: medianOf(values),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    max: sorted[sorted.length - 1],
    histogram: { from, counts },
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
