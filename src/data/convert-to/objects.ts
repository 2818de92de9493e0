import { InputError } from '../../core/errors.ts';
import type { Contour } from '../../ops/rle/contour.ts';
import { rleArea } from '../../ops/rle/measure.ts';
import { boundsOfRegions, rleToRegions } from '../../ops/rle/regions.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import { isPolygons, isRing, maskOf } from '../coco/truth.ts';
import type { CocoAnnotation, CocoBox, CocoDataset, CocoImage } from '../coco/types.ts';
import type { WriteOptions } from './annotation-writer.ts';

/** An annotated object, ready to be written. */
export interface WrittenObject {
  readonly category: string;
  /** Index of the category in the data set. */
  readonly categoryIndex: number;
  /** Null where only the box is annotated. */
  readonly mask: Rle | null;
  /** The mask's outline: the annotated ring where there is only one, otherwise traced. Empty without a mask. */
  readonly regions: readonly Contour[];
  /** x, y, width, height in pixels. */
  readonly box: CocoBox;
  /** 0…1; undefined for an annotation that is not a prediction. */
  readonly score: number | undefined;
}

/** A picture with its objects. */
export interface WrittenImage {
  /** With `/`. */
  readonly fileName: string;
  readonly width: number;
  readonly height: number;
  readonly objects: readonly WrittenObject[];
}

/** Counts what a format cannot represent. */
export class LeftOutCounts {
  readonly counts: Record<string, number> = {};

  add(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

/**
 * The pictures of a data set in order with their objects; crowds, which no format has, are counted.
 * @throws InputError where a record refers to an image or category that does not exist, has no file name, or has a
 *   mask that does not fit.
 */
export function* writtenImages(
  dataset: CocoDataset,
  { source, ...options }: Pick<WriteOptions, 'source' | 'tolerance'> & { leftOut: LeftOutCounts },
): Generator<WrittenImage> {
  try {
    yield* imagesWithObjects(dataset, options);
  } catch (error) {
    if (source === undefined || !(error instanceof InputError)) throw error;
    throw new InputError(source, error.message, { cause: error });
  }
}

function* imagesWithObjects(
  dataset: CocoDataset,
  { tolerance = 0, leftOut }: Pick<WriteOptions, 'tolerance'> & { leftOut: LeftOutCounts },
): Generator<WrittenImage> {
  const indices = new Map(dataset.categories.map(({ id }, index) => [id, index]));
  const byImage = new Map<number, CocoAnnotation[]>(dataset.images.map(({ id }) => [id, []]));
  for (const annotation of dataset.annotations) {
    const group = byImage.get(annotation.image_id);
    if (!group)
      throw new InputError(`annotation ${annotation.id}`, `there is no image ${annotation.image_id}`);
    group.push(annotation);
  }
  for (const image of dataset.images) {
    if (image.file_name === undefined) throw new InputError(`image ${image.id}`, 'has no file_name');
    const objects: WrittenObject[] = [];
    for (const annotation of byImage.get(image.id) ?? []) {
      if (annotation.iscrowd === 1) {
        leftOut.add('crowds');
        continue;
      }
      const index = indices.get(annotation.category_id);
      if (index === undefined) {
        throw new InputError(`annotation ${annotation.id}`, `there is no category ${annotation.category_id}`);
      }
      const category = { name: dataset.categories[index].name, index };
      const object = objectOf(annotation, image, category, tolerance);
      if (object) objects.push(object);
      else leftOut.add('annotations without a mask or a box');
    }
    const { width, height } = image;
    yield { fileName: image.file_name.replaceAll('\\', '/'), width, height, objects };
  }
}

/** Null for an annotation without any pixel and without a box that has an area. */
function objectOf(
  annotation: CocoAnnotation,
  image: CocoImage,
  { name, index }: { name: string; index: number },
  tolerance: number,
): WrittenObject | null {
  const { segmentation, bbox, score } = annotation;
  const found = segmentation === undefined ? null : maskOf(annotation, image);
  const mask = found && rleArea(found) > 0 ? found : null;
  const regions = mask ? regionsOf(annotation, mask, tolerance) : [];
  const box = mask ? boxAround(regions) : bbox;
  if (!box || !(box[2] > 0 && box[3] > 0)) return null;
  return { category: name, categoryIndex: index, mask, regions, box, score };
}

function regionsOf({ segmentation }: CocoAnnotation, mask: Rle, tolerance: number): Contour[] {
  const rings = segmentation && isPolygons(segmentation) ? segmentation.filter(isRing) : [];
  if (tolerance === 0 && rings.length === 1) return [{ outer: Array.from(rings[0]), holes: [] }];
  return rleToRegions(mask, tolerance);
}

function boxAround(regions: readonly Contour[]): CocoBox {
  const [left, top, right, bottom] = boundsOfRegions(regions);
  return [left, top, right - left, bottom - top];
}

/** Whether the outline has holes. */
export function hasHoles({ regions }: WrittenObject): boolean {
  return regions.some(({ holes }) => holes.length > 0);
}

/** The corners of a ring x0,y0,… as pairs. */
export function pointsOf(ring: readonly number[]): [number, number][] {
  return Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i], ring[2 * i + 1]]);
}
