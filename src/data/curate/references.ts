import { InputError } from '../../core/errors.ts';
import type { CocoDataset } from '../coco/types.ts';

/**
 * Refuses annotations of images or categories that a data set does not list.
 * @param source What messages call it.
 * @throws InputError that names the first.
 */
export function requireReferences(
  source: string,
  { images, categories, annotations }: Pick<CocoDataset, 'images' | 'categories' | 'annotations'>,
): void {
  const imageIds = new Set(images.map(({ id }) => id));
  const categoryIds = new Set(categories.map(({ id }) => id));
  const remedy = 'list it or remove its annotations; check-data lists all of them';
  for (const { id, image_id, category_id } of annotations) {
    const place = `annotation ${id}`;
    if (!imageIds.has(image_id)) {
      throw new InputError(source, `${place}: there is no image ${image_id}; ${remedy}`);
    }
    if (!categoryIds.has(category_id)) {
      throw new InputError(source, `${place}: there is no category ${category_id}; ${remedy}`);
    }
  }
}
