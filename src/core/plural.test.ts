import { expect, test } from 'vitest';
import { plural } from './plural.ts';

test('nouns are counted', () => {
  expect([plural(1, 'category'), plural(0, 'category'), plural(2, 'picture'), plural(2, 'class')]).toEqual([
    '1 category',
    '0 categories',
    '2 pictures',
    '2 classes',
  ]);
});
