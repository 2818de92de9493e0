import { basename } from 'node:path';
import type { Category } from '../config/schema.ts';
import type { CocoCategory, CocoImage } from '../data/coco/types.ts';
import { matchCategories } from './categories.ts';

/** The ids of pictures and categories in results. */
export interface ResultIds {
  /**
   * Null if the data set does not have the picture.
   * @param position Index of the picture in the list, from 0.
   */
  imageId(path: string, position: number): number | null;
  /** Null if the data set does not have the category. */
  categoryId(category: Category): number | null;
}

/** Indices in the list, and the model's own category ids. */
export const ownIds: ResultIds = {
  imageId: (_path, position) => position,
  categoryId: (category) => category.id,
};

/** The part of a COCO data set that supplies ids. */
export interface CocoNames {
  images: readonly CocoImage[];
  categories: readonly CocoCategory[];
}

/**
 * The ids of a COCO data set: pictures by the end of their path, categories as matched by {@link
 * matchCategories}.
 * @param categories The model's categories.
 */
export function datasetIds(data: CocoNames, categories: readonly Category[]): ResultIds {
  const images = imagesByBasename(data.images);
  return {
    imageId(path) {
      const normal = path.replaceAll('\\', '/');
      const candidates = images.get(basename(normal)) ?? [];
      // The longest name that matches: `b/1.png` rather than `1.png` for the file `a/b/1.png`.
      const fitting = candidates
        .filter(({ name }) => normal === name || normal.endsWith(`/${name}`))
        .sort((a, b) => b.name.length - a.name.length);
      const image = fitting[0] ?? (candidates.length === 1 ? candidates[0] : undefined);
      return image?.id ?? null;
    },
    categoryId: categoryIds(data.categories, categories),
  };
}

/** The data set's id of each of the model's categories, null if it has none. */
export function categoryIds(
  dataset: readonly CocoCategory[],
  model: readonly Category[],
): ResultIds['categoryId'] {
  const { ids } = matchCategories(model, dataset);
  const byCategory = new Map(model.map((category, i) => [category, ids[i]]));
  return (category) => byCategory.get(category) ?? null;
}

function imagesByBasename(images: readonly CocoImage[]): Map<string, { name: string; id: number }[]> {
  const found = new Map<string, { name: string; id: number }[]>();
  for (const { id, file_name } of images) {
    if (file_name === undefined) continue;
    const name = file_name.replaceAll('\\', '/').replace(/^\.?\//, '');
    const key = basename(name);
    found.set(key, [...(found.get(key) ?? []), { name, id }]);
  }
  return found;
}
