import { expect, it } from 'vitest';
import { preprocessSchema } from '../config/schema.ts';
import { trainingConfigSchema } from '../config/training.ts';
import { replicaCount } from './replica-count.ts';

it.each([
  ['small pictures, a run for each core', {}, { minSize: 352, maxSize: 704 }, 2, 2],
  ['one core', {}, { minSize: 352, maxSize: 704 }, 1, 1],
  ['more cores than runs', {}, { minSize: 352, maxSize: 704 }, 16, 2],
  ['more runs', { accumulate: 8 }, { minSize: 352, maxSize: 704 }, 4, 4],
  ['large pictures', {}, { minSize: 800, maxSize: 1333 }, 2, 1],
  [
    'small windows of large pictures',
    { augmentation: { window: 320 } },
    { minSize: 800, maxSize: 1333 },
    2,
    2,
  ],
  ['some large pictures', { minSizes: [320, 800] }, { minSize: 352, maxSize: 1333 }, 2, 1],
])('%s', (_, own, size, cores, replicas) => {
  const preprocess = preprocessSchema.parse(size);
  expect(replicaCount(trainingConfigSchema.parse(own), preprocess, cores)).toBe(replicas);
});
