import { basename } from 'node:path';
import type { Category } from '../config/schema.ts';
import { isOwnPlane } from '../data/coco/own-plane.ts';
import type { CocoCategory, CocoImage } from '../data/coco/types.ts';
import { matchCategories } from './categories.ts';

/** The ids of pictures and categories in results. */
export interface ResultIds {
  /**
   * The ids of a picture: none if the data set does not have it, several if it lists the file several times.
   * @param position Index of the picture in the list, from 0.
   * @param choice The page and channel of the file.
   */
  imageIds(path: string, position: number, choice?: Pick<CocoImage, 'page' | 'channel'>): readonly number[];
  /** Null if the data set does not have the category. */
  categoryId(category: Category): number | null;
}

/** Indices in the list, and the model's own category ids. */
export const ownIds: ResultIds = {
  imageIds: (_path, position) => [position],
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
    imageIds(path, _position, choice = {}) {
      const normal = normalName(path);
      const candidates = images.get(basename(normal)) ?? [];
      const fitting = candidates.filter(({ name }) => normal === name || normal.endsWith(`/${name}`));
      const some = fitting.length > 0 ? fitting : candidates;
      // The longest name that matches: `b/1.png` rather than `1.png` for the file `a/b/1.png`.
      const [longest] = [...some].sort((a, b) => b.name.length - a.name.length);
      if (longest === undefined) return [];
      const named = some.filter(({ name }) => name === longest.name);
      const isOnly = fitting.length > 0 || named.length === candidates.length;
      return isOnly
        ? named.filter(({ image }) => isOwnPlane(image, choice)).map(({ image }) => image.id)
        : [];
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

function imagesByBasename(images: readonly CocoImage[]): Map<string, { name: string; image: CocoImage }[]> {
  const found = new Map<string, { name: string; image: CocoImage }[]>();
  for (const image of images) {
    if (image.file_name === undefined) continue;
    const name = normalName(image.file_name).replace(/^\.?\//, '');
    const key = basename(name);
    found.set(key, [...(found.get(key) ?? []), { name, image }]);
  }
  return found;
}

/** With `/`, and accented letters composed. */
function normalName(path: string): string {
  return path.replaceAll('\\', '/').normalize('NFC');
}
