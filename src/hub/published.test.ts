import { expect, test } from 'vitest';
import { findPublished, publishedModels } from './published.ts';
import { addressOf } from './pull.ts';

test.each(publishedModels)('$name agrees with itself', (model) => {
  const [, stem, digits] = /^(.*)-([0-9a-f]{8})\.pth$/.exec(model.fileName)!;
  // Those of the MobileNets do not name the data set.
  expect([model.name, model.arch]).toContain(stem);
  expect(model.sha256).toMatch(new RegExp(`^${digits}([0-9a-f]{56})?$`));
  expect(`${model.arch}_coco`).toBe(model.name);
  expect(typeof model.ap?.mask === 'number').toBe(model.task === 'instance segmentation');
  expect(model.ap === null).toBe(model.task === 'semantic segmentation');
  expect(model.meanIou !== undefined).toBe(model.ap === null);
  // float32 weights, a header, and the batch norms' counters and frozen statistics besides.
  if (model.size !== null) expect(model.size / model.parameters / 4).toBeCloseTo(1, 1);
  expect(addressOf(model)).toBe(`https://download.pytorch.org/models/${model.fileName}`);
});

test('names are unique and found', () => {
  expect(new Set(publishedModels.map(({ name }) => name)).size).toBe(publishedModels.length);
  expect(findPublished('maskrcnn_resnet50_fpn_v2_coco')?.ap).toEqual({ box: 47.4, mask: 41.8 });
  expect(findPublished('maskrcnn_resnet50_fpn')).toBeUndefined();
});
