import type { Category } from '../../config/schema.ts';
import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import type { CocoData } from '../../data/coco/dataset.ts';
import { openDataset } from '../../data/coco/open-dataset.ts';
import { makeSample } from '../../data/sample/sample.ts';
import type { Picture } from '../../image/picture.ts';
import { type PlaneChoice, titleOfPlane } from '../../image/plane-choice.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { matchCategories, requireSharedCategory } from '../../score/categories.ts';
import { datasetIds } from '../../score/dataset-ids.ts';
import { note } from '../terminal/output.ts';

/**
 * The annotated objects of one picture in a COCO data set, of the model's categories, without crowds. Notes how many
 * annotations that leaves out.
 * @param place The picture's path, which the data set must list, and its page and channel.
 * @throws InputError if it does not, if it has none of the model's categories, or if an annotation does not fit the picture.
 */
export async function annotatedObjects(
  dataFile: string,
  place: { readonly path: string; readonly choice: PlaneChoice },
  picture: Picture,
  categories: readonly Category[],
): Promise<GroundTruth> {
  const { path, choice } = place;
  const data = await openDataset(dataFile, { onNote: (line) => note(`note: ${line}`) });
  requireSharedCategory(dataFile, data.categories, categories);
  const [imageId] = datasetIds(data, categories).imageIds(path, 0, choice);
  const image = imageId === undefined ? undefined : data.image(imageId);
  if (!image) throw new InputError(dataFile, `does not list an image named ${titleOfPlane(path, choice)}`);
  const { labels } = matchCategories(categories, data.categories);
  const objects = data.annotationsOf(image.id).flatMap(({ id, category_id, iscrowd, segmentation, bbox }) => {
    const label = labels.get(category_id);
    if (label === undefined || iscrowd === 1) return [];
    return [{ id, label, ...(segmentation ? { segmentation } : {}), ...(bbox ? { bbox } : {}) }];
  });
  const truth = makeSample(picture, { path, width: image.width, height: image.height, objects });
  noteLeftOut(data, image.id, {
    title: titleOfPlane(path, choice),
    labels,
    unusable: objects.length - truth.labels.length,
  });
  return truth;
}

/** Says how many annotations of an image are not among its ground truth, and why. */
function noteLeftOut(
  data: CocoData,
  imageId: number,
  { title, labels, unusable }: { title: string; labels: ReadonlyMap<number, number>; unusable: number },
): void {
  const annotations = data.annotationsOf(imageId);
  if (annotations.length === 0) {
    note(`note: ${data.source} annotates no objects in ${title}`);
    return;
  }
  const unknown = annotations.filter(({ category_id }) => !labels.has(category_id));
  const crowds = annotations.filter(({ category_id, iscrowd }) => labels.has(category_id) && iscrowd === 1);
  const names = [
    ...new Set(unknown.map(({ category_id: id }) => data.category(id)?.name ?? `category ${id}`)),
  ];
  const reasons = [
    [unknown.length, `of categories that the model does not have (${names.join(', ')})`],
    [crowds.length, `${crowds.length === 1 ? 'crowd' : 'crowds'} (iscrowd 1)`],
    [unusable, 'narrower than a pixel, outside the picture, or without a shape'],
  ] as const;
  const leftOut = reasons.reduce((sum, [count]) => sum + count, 0);
  if (leftOut === 0) return;
  const all = plural(annotations.length, 'annotation');
  const why = reasons.flatMap(([count, reason]) => (count > 0 ? `${count} ${reason}` : []));
  note(`note: ${data.source}: left out ${leftOut} of ${all} of ${title}: ${why.join('; ')}`);
}
