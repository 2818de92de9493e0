import { expect, test } from 'vitest';
import type { ModelConfig } from '../../config/schema.ts';
import { tilingOf } from './tile-choice.ts';
import { planTiles } from './tile-plan.ts';

const preprocess = { minSize: 700, maxSize: 1600, shrink: false, objectSize: 40 };
const config = { preprocess: preprocess as ModelConfig['preprocess'] };

test('the overlap grows where tiles are small for the objects, unless it is chosen', () => {
  const overlapOf = (size: number, overlap?: number) =>
    planTiles(tilingOf({ size, overlap }), config, 2).overlap;
  expect(overlapOf(640)).toBe(0.2);
  expect(overlapOf(250)).toBeCloseTo(0.4, 12); // five objects of 20 pixels
  expect(overlapOf(128)).toBe(0.5);
  expect(overlapOf(128, 0.1)).toBe(0.1);
});

test('a model that does not know the size of its objects resizes tiles like pictures', () => {
  const plan = planTiles(tilingOf(350), config, null);
  expect(plan).toEqual({ side: 350, overlap: 0.2, scale: 2 });
});

test('tiles become smaller where the network would get more than its limit', () => {
  expect(planTiles(tilingOf(1000), config, 2).side).toBe(800);
  expect(planTiles(tilingOf('auto'), config, 2).side).toBe(512);
});
