import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import * as fields from './fields.ts';

const size = { width: 90, height: 60 };

test.each(Object.entries(fields))('%s fills the picture with varied values in 0…1', (_, kind) => {
  const spreads = [1, 2, 3, 4, 5, 6].map((seed) => {
    const field = kind(size, seededRandom(seed));
    expect(field).toHaveLength(90 * 60);
    expect(field.every((value) => value >= 0 && value <= 1)).toBe(true);
    return Math.max(...field) - Math.min(...field);
  });
  expect(Math.max(...spreads)).toBeGreaterThan(0.4);
  expect(kind(size, seededRandom(1))).toEqual(kind(size, seededRandom(1)));
});
