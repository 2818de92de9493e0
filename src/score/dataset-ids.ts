import { basename } from 'node:path';
import type { Category } from '../config/schema.ts';
import type { CocoCategory, CocoImage } from '../data/coco/types.ts';
import { matchCategories } from './categories.ts';

/** How results name pictures and categories. */
export interface ResultIds {
  /**
   * Null where the data set lacks the picture.
   * @param position Of the picture in the list, from 0.
   */
  imageId(path: string, position: number): number | null;
  /** Null where the data set lacks the category. */
  categoryId(category: Category): number | null;
}

/** Positions in the list, and the model's own category ids. */
export const ownIds: ResultIds = {
  imageId: (_path, position) => position,
  categoryId: (category) => category.id,
};

/** The part of a COCO data set that gives ids. */
export interface CocoNames {
  images: readonly CocoImage[];
  categories: readonly CocoCategory[];
}

/**
 * The ids of a COCO data set: pictures by the end of their path, categories as {@link matchCategories} matches them.
 * @param categories Those of the model.
 */
export function datasetIds(data: CocoNames, categories: readonly Category[]): ResultIds {
  const images = imagesByBasename(data.images);
  return {
    imageId(path) {
      const normal = path.replaceAll('\\', '/');
      const candidates = images.get(basename(normal)) ?? [];
      // The longest name that fits: `b/1.png` rather than `1.png` for the file `a/b/1.png`.
      const fitting = candidates
        .filter(({ name }) => normal === name || normal.endsWith(`/${name}`))
        .sort((a, b) => b.name.length - a.name.length);
      const image = fitting[0] ?? (candidates.length === 1 ? candidates[0] : undefined);
      return image?.id ?? null;
    },
    categoryId: categoryIds(data.categories, categories),
  };
}

/** The data set's id of each of the model's categories, null where it has none. */
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
