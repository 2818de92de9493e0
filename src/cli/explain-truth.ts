import type { Category } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import { openDataset } from '../data/coco/open-dataset.ts';
import { makeSample } from '../data/sample/sample.ts';
import type { Picture } from '../image/picture.ts';
import { type PlaneChoice, titleOfPlane } from '../image/plane-choice.ts';
import type { GroundTruth } from '../ops/ground-truth.ts';
import { matchCategories } from '../score/categories.ts';
import { datasetIds } from '../score/dataset-ids.ts';

/**
 * The annotated objects of one picture in a COCO data set, of the model's categories, without crowds.
 * @param place The picture's path, which the data set must list, and its page and channel.
 * @throws InputError if it does not, or if an annotation does not fit the picture.
 */
export async function annotatedObjects(
  dataFile: string,
  place: { readonly path: string; readonly choice: PlaneChoice },
  picture: Picture,
  categories: readonly Category[],
): Promise<GroundTruth> {
  const { path, choice } = place;
  const data = await openDataset(dataFile);
  const [imageId] = datasetIds(data, categories).imageIds(path, 0, choice);
  const image = imageId === undefined ? undefined : data.image(imageId);
  if (!image) throw new InputError(dataFile, `does not list an image named ${titleOfPlane(path, choice)}`);
  const { labels } = matchCategories(categories, data.categories);
  const objects = data.annotationsOf(image.id).flatMap(({ id, category_id, iscrowd, segmentation, bbox }) => {
    const label = labels.get(category_id);
    if (label === undefined || iscrowd === 1) return [];
    return [{ id, label, ...(segmentation ? { segmentation } : {}), ...(bbox ? { bbox } : {}) }];
  });
  return makeSample(picture, { path, width: image.width, height: image.height, objects });
}
