import { expect, test } from 'vitest';
import { seedOfPicture } from './seed-of-picture.ts';

test('neighbouring pictures and sets have different seeds', () => {
  const seeds = Array.from({ length: 5000 }, (_, i) => seedOfPicture(1 + (i % 5), Math.floor(i / 5)));
  expect(new Set(seeds).size).toBe(5000);
  expect(seeds.every((seed) => Number.isInteger(seed))).toBe(true);
});
