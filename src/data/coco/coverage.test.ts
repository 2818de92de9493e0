import { expect, test } from 'vitest';
import { coverageOf } from './coverage.ts';
import type { CocoAnnotation } from './types.ts';

const image = { id: 1, width: 8, height: 8 };
const annotation = (category_id: number): CocoAnnotation => ({ id: category_id, image_id: 1, category_id });

test('without the fields of LVIS every category is annotated exhaustively', () => {
  expect(coverageOf(image, [annotation(1)])).toBeNull();
});

test('annotated and absent categories are known, all others unknown', () => {
  const listed = { ...image, neg_category_ids: [2], not_exhaustive_category_ids: [3] };
  const coverage = coverageOf(listed, [annotation(1), annotation(3)]);
  const known = [1, 2, 3, 4].map((category) => coverage?.isKnown(category));
  const exhaustive = [1, 2, 3, 4].map((category) => coverage?.isExhaustive(category));
  expect(known).toEqual([true, true, true, false]);
  expect(exhaustive).toEqual([true, true, false, false]);
});

test('one of the two fields is enough, and an empty list counts', () => {
  expect(coverageOf({ ...image, neg_category_ids: [] }, [])?.isKnown(1)).toBe(false);
  expect(coverageOf({ ...image, not_exhaustive_category_ids: [1] }, [annotation(1)])?.isExhaustive(1)).toBe(
    false,
  );
});
