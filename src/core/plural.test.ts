import { expect, test } from 'vitest';
import { plural } from './plural.ts';

test('nouns are counted', () => {
  expect([plural(1, 'category'), plural(0, 'category'), plural(2, 'picture')]).toEqual([
    '1 category',
    '0 categories',
    '2 pictures',
  ]);
});
