import { UsageError } from '../core/errors.ts';
import { nineDigits } from '../core/nine-digits.ts';
import { maskFields } from '../data/coco/mask-fields.ts';
import type { CocoAnnotation, CocoCategory, CocoDataset, CocoImage } from '../data/coco/types.ts';
import type { ExportedInstance, PicturePrediction } from './prediction-of-picture.ts';

/** An annotation of a predicted data set. */
export interface PredictedAnnotation extends CocoAnnotation {
  /** Extension of COCO: the score of the prediction, 0…1. */
  readonly score: number;
}

/** A COCO data set of predictions. */
export interface PredictedDataset extends CocoDataset {
  readonly annotations: readonly PredictedAnnotation[];
}

/**
 * Predictions as a whole COCO data set, to correct in an annotation tool or to train on: images, categories, and
 * annotations with masks as compressed RLE, their boxes and areas. Images and annotations are numbered from 1.
 * @param categories Those of the model, `model.config.categories`.
 * @throws UsageError where an instance is of a category of another id or name.
 * @example
 * ```ts
 * import { load, toCocoDataset, writeCocoDataset } from 'mask-rcnn';
 *
 * const model = await load('nuclei');
 * const name = 'photo.jpg';
 * const predictions = [{ name, prediction: await model.predict(name) }];
 * await writeCocoDataset('predicted.json', toCocoDataset(predictions, model.config.categories));
 * await model.dispose();
 * ```
 */
export function toCocoDataset(
  predictions: Iterable<PicturePrediction>,
  categories: readonly CocoCategory[],
): PredictedDataset {
  const known = new Map(categories.map(({ id, name }) => [id, name]));
  const images: CocoImage[] = [];
  const annotations: PredictedAnnotation[] = [];
  for (const { name, prediction } of predictions) {
    const image = { id: images.length + 1, ...imageFields(name, prediction) };
    images.push(image);
    for (const instance of prediction.instances) {
      const { id, name: category } = instance.category;
      if (known.get(id) !== category) {
        throw new UsageError(
          `toCocoDataset: the categories do not include ${category}, of an instance in ${name}`,
        );
      }
      annotations.push({
        id: annotations.length + 1,
        image_id: image.id,
        category_id: id,
        ...annotationFields(instance),
      });
    }
  }
  return {
    images,
    annotations,
    categories: categories.map(({ id, name }) => ({ id, name })),
    info: { description: 'predicted by mask-rcnn' },
  };
}

/** The fields of an image besides its id. */
export function imageFields(
  name: string,
  { width, height }: PicturePrediction['prediction'],
): Pick<CocoImage, 'file_name' | 'width' | 'height'> {
  return { file_name: name, width, height };
}

/** The fields of an annotation besides its ids. */
export function annotationFields({
  mask,
  box: [x1, y1, x2, y2],
  score,
}: ExportedInstance): Omit<PredictedAnnotation, 'id' | 'image_id' | 'category_id'> {
  const fields = mask
    ? maskFields(mask.rle)
    : { bbox: [x1, y1, x2 - x1, y2 - y1] as const, area: (x2 - x1) * (y2 - y1) };
  return { ...fields, iscrowd: 0, score: nineDigits(score) };
}
