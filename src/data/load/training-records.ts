import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { type Coverage, coverageOf } from '../coco/coverage.ts';
import type { CocoData } from '../coco/dataset.ts';
import { type PictureLocation, pictureAt } from '../coco/picture-location.ts';
import { isPolygons } from '../coco/truth.ts';
import type { CocoAnnotation } from '../coco/types.ts';
import type { PictureRecord, RecordedObject } from '../sample/sample.ts';
import { ObjectTally } from './object-tally.ts';

/** The part of a data set that a run can learn from. */
export interface TrainingRecords {
  readonly records: readonly PictureRecord[];
  /** Lines for the user: pictures left out and categories that will not be learned. */
  readonly notes: readonly string[];
}

/** What a model learns from the regions of objects. */
export interface RegionOptions {
  /**
   * If every pixel needs a class: the label of regions without one. Crowds are then kept with this label, as are the boxes
   * of objects without an outline.
   */
  readonly ignoredLabel?: number;
  /** Whether the model has a mask branch, which learns boxes as masks only if no object has a mask. Default false. */
  readonly learnsMasks?: boolean;
}

/**
 * The pictures of a COCO data set with their objects. Crowds say nothing about single objects and are left
 * out, as is a picture that has only crowds; one without any annotations stays, as an example of background.
 * @param labels Category id → class index.
 * @throws InputError if nothing can be learned, or masks should be learned of which none has a usable form.
 */
export function trainingRecords(
  dataset: CocoData,
  location: PictureLocation,
  labels: ReadonlyMap<number, number>,
  { ignoredLabel, learnsMasks = false }: RegionOptions = {},
): TrainingRecords {
  const { source } = dataset;
  if (dataset.images.length === 0) throw new InputError(source, 'lists no pictures');
  const records: PictureRecord[] = [];
  const tally = new ObjectTally();
  let onlyCrowds = 0;
  let partial = 0;
  for (const image of dataset.images) {
    const { id, file_name, width, height } = image;
    if (file_name === undefined) throw new InputError(source, `image ${id} has no file_name`);
    const annotations = dataset.annotationsOf(id);
    const objects = annotations
      .filter(({ iscrowd }) => iscrowd !== 1 || ignoredLabel !== undefined)
      .flatMap((annotation) => {
        const object = tally.usable(annotation, image);
        if (object === undefined) return [];
        const known = recorded(object, labels, source);
        return ignoredLabel === undefined ? [known] : [withIgnored(known, object, ignoredLabel)];
      });
    if (annotations.length > 0 && annotations.every(({ iscrowd }) => iscrowd === 1) && objects.length === 0) {
      onlyCrowds++;
      continue;
    }
    const unknown = unknownLabels(coverageOf(image, annotations), labels);
    if (unknown.length > 0) partial++;
    const { path, choice } = pictureAt({ ...image, file_name }, location);
    records.push({ path, choice, width, height, objects, ...(unknown.length > 0 ? { unknown } : {}) });
  }
  const used = new Set(records.flatMap(({ objects }) => objects.map(({ label }) => label)));
  const hasIgnored = ignoredLabel !== undefined && used.delete(ignoredLabel);
  const objectNotes = tally.notes(source, learnsMasks);
  if (tally.isUseless) throw new InputError(source, objectNotes[0]);
  if (used.size === 0) {
    const crowds = onlyCrowds > 0 ? ' except crowds (iscrowd 1), which are not single objects' : '';
    const ignored = hasIgnored
      ? ' except crowds (iscrowd 1) or boxes, which assign no classes to pixels'
      : '';
    throw new InputError(source, `annotates no objects${crowds}${ignored}`);
  }
  const notes = [...labels]
    .filter(([, label]) => !used.has(label))
    .map(([id]) => {
      const name = dataset.category(id)?.name ?? String(id);
      return `category ${name} (id ${id}) is never annotated and will not be learned`;
    });
  notes.push(...objectNotes);
  const strays = straysOf(dataset);
  if (strays > 0) {
    notes.push(
      `left out ${plural(strays, 'annotation')} of images that are not listed (check-data lists them)`,
    );
  }
  if (partial > 0) {
    const share = `${partial} of ${plural(records.length, 'picture')}`;
    notes.push(`partial annotations in ${share}: unknown categories are not learned as background there`);
  }
  if (onlyCrowds > 0) notes.push(`left out ${plural(onlyCrowds, 'picture')} with only crowds`);
  return { records: learnsMasks && tally.hasBoth ? records.map(withoutBoxMasks) : records, notes };
}

/** The number of annotations of images that the data set does not list. */
function straysOf({ images, annotations }: CocoData): number {
  const listed = new Set(images.map(({ id }) => id));
  return annotations.filter(({ image_id }) => !listed.has(image_id)).length;
}

/** Says of the objects without a segmentation that their box is not to be learned as a mask. */
function withoutBoxMasks(record: PictureRecord): PictureRecord {
  const objects = record.objects.map((object) =>
    object.segmentation === undefined ? { ...object, hasMask: false } : object,
  );
  return { ...record, objects };
}

/** The class indices of which objects may be in an image without an annotation. */
function unknownLabels(coverage: Coverage | null, labels: ReadonlyMap<number, number>): number[] {
  if (coverage === null) return [];
  return [...labels].filter(([category]) => !coverage.isExhaustive(category)).map(([, label]) => label);
}

function recorded(
  { id, category_id, segmentation, bbox, keypoints }: CocoAnnotation,
  labels: ReadonlyMap<number, number>,
  source: string,
): RecordedObject {
  const label = labels.get(category_id);
  if (label === undefined)
    throw new InputError(source, `annotation ${id} is of category ${category_id}, which is not listed`);
  return {
    id,
    label,
    ...(segmentation ? { segmentation } : {}),
    ...(bbox ? { bbox } : {}),
    ...(keypoints ? { keypoints } : {}),
  };
}

/** The object or, for a crowd or a bare box, its region with the label of pixels of unknown class. */
function withIgnored(
  { segmentation, ...rest }: RecordedObject,
  { iscrowd }: CocoAnnotation,
  ignoredLabel: number,
): RecordedObject {
  // Box-only data sets often have empty lists.
  const isOutlined = segmentation !== undefined && !(isPolygons(segmentation) && segmentation.length === 0);
  if (!isOutlined) return { ...rest, label: ignoredLabel };
  return { ...rest, segmentation, ...(iscrowd === 1 ? { label: ignoredLabel } : {}) };
}
