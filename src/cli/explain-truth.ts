import type { Category } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import { openDataset } from '../data/coco/open-dataset.ts';
import { makeSample } from '../data/sample/sample.ts';
import type { Picture } from '../image/picture.ts';
import type { GroundTruth } from '../ops/ground-truth.ts';
import { matchCategories } from '../score/categories.ts';
import { datasetIds } from '../score/dataset-ids.ts';

/**
 * The annotated objects of one picture in a COCO data set, of the model's categories, without crowds.
 * @param path The picture's path; the data set must list it.
 * @throws InputError if it does not, or if an annotation does not fit the picture.
 */
export async function annotatedObjects(
  dataFile: string,
  path: string,
  picture: Picture,
  categories: readonly Category[],
): Promise<GroundTruth> {
  const data = await openDataset(dataFile);
  const [imageId] = datasetIds(data, categories).imageIds(path, 0);
  const image = imageId === undefined ? undefined : data.image(imageId);
  if (!image) throw new InputError(dataFile, `does not list an image named ${path}`);
  const { labels } = matchCategories(categories, data.categories);
  const objects = data.annotationsOf(image.id).flatMap(({ id, category_id, iscrowd, segmentation, bbox }) => {
    const label = labels.get(category_id);
    if (label === undefined || iscrowd === 1) return [];
    return [{ id, label, ...(segmentation ? { segmentation } : {}), ...(bbox ? { bbox } : {}) }];
  });
  return makeSample(picture, { path, width: image.width, height: image.height, objects });
}
