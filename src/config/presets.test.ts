import { expect, it } from 'vitest';
import { goldenCocoCategories } from '../../test/support/golden-weights.ts';
import { architectureName, architectureNamed, architectureNames } from './architectures.ts';
import { categoriesFor, cocoCategories } from './coco-categories.ts';
import { presetConfig } from './presets.ts';
import { modelConfigSchema } from './schema.ts';

it('has the COCO categories of torchvision', () => {
  const [background, ...names] = goldenCocoCategories();
  expect(background).toBe('__background__');
  expect(cocoCategories.map(({ name }) => name)).toEqual(names);
  expect(cocoCategories.map(({ id }) => id)).toEqual(names.map((_, i) => i + 1));
  expect(categoriesFor(91)).toBe(cocoCategories);
  expect(categoriesFor(3).map(({ id }) => id)).toEqual([1, 2]);
});

it('builds a valid configuration for every name', () => {
  expect(architectureNames).toHaveLength(148);
  for (const name of architectureNames) {
    const architecture = architectureNamed(name);
    expect(architectureName(architecture)).toBe(name);
    const config = presetConfig(architecture);
    expect(modelConfigSchema.parse(config)).toEqual(config);
  }
});

it("has torchvision's defaults", () => {
  const config = presetConfig(architectureNamed('maskrcnn_resnet50_fpn'));
  expect(config.preprocess).toMatchObject({ minSize: 800, maxSize: 1333, mean: [0.485, 0.456, 0.406] });
  expect(config.rpn).toMatchObject({
    preNmsTopN: 1000,
    postNmsTopN: 1000,
    nmsThreshold: 0.7,
    scoreThreshold: 0,
  });
  expect(config.box).toMatchObject({ scoreThreshold: 0.05, nmsThreshold: 0.5, detectionsPerImage: 100 });
  expect(config.backbone.norm).toEqual({ kind: 'frozenBatchNorm', eps: 1e-5 });
});
