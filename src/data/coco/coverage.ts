import type { CocoAnnotation, CocoImage } from './types.ts';

/**
 * What the annotations of one image cover. A data set that annotates only some categories says so per image, in the
 * fields of LVIS (Gupta et al. 2019, section 3.1, "federated data set").
 */
export interface Coverage {
  /**
   * Whether the category is annotated in the image or certainly absent from it. An object of any other category may be
   * in the picture without an annotation.
   */
  isKnown(categoryId: number): boolean;
  /** Whether the category is known and every instance of it is annotated. */
  isExhaustive(categoryId: number): boolean;
}

/**
 * The coverage of an image, from `neg_category_ids` (certainly absent) and `not_exhaustive_category_ids` (present, but
 * not every instance is annotated).
 * @returns Null for an image with neither field: all categories are then annotated exhaustively, as in COCO.
 */
export function coverageOf(image: CocoImage, annotations: readonly CocoAnnotation[]): Coverage | null {
  const { neg_category_ids: absent, not_exhaustive_category_ids: partial } = image;
  if (absent === undefined && partial === undefined) return null;
  const known = new Set([...(absent ?? []), ...annotations.map(({ category_id }) => category_id)]);
  const inexhaustive = new Set(partial);
  return {
    isKnown: (category) => known.has(category),
    isExhaustive: (category) => known.has(category) && !inexhaustive.has(category),
  };
}
