import { describe, expect, it } from 'vitest';
import { goldenShapes } from '../../../test/support/golden-weights.ts';
import { architectureNamed } from '../../config/architectures.ts';
import { efficientNetLiteNames } from '../../config/efficientnet-lite-table.ts';
import { applyOverrides } from '../../config/overrides.ts';
import { presetConfig } from '../../config/presets.ts';
import { expectedWeights } from '../../model/inference-graphs.ts';
import { compareKeys } from '../../weights/compare-keys.ts';
import { checkAnchors, recogniseDetector } from './detector.ts';

const ant = [{ id: 1, name: 'class_1' }];

describe('the backbones of small machines', () => {
  it.each([
    'maskrcnn_efficientnet_lite0_fpn',
    'fasterrcnn_efficientnet_lite0_fpn',
    'maskrcnn_efficientnet_lite1_fpn',
    'maskrcnn_efficientnet_lite2_fpn',
    'maskrcnn_mobilenet_v3_large_fpn',
    'fasterrcnn_mobilenet_v3_large_fpn',
    'maskrcnn_vgg16_fpn',
  ])('%s is recognised with the settings of its published weights', (name) => {
    const preset = presetConfig(architectureNamed(name), ant);
    const { config, notes } = recogniseDetector('x.pth', expectedWeights(preset));
    expect(config).toEqual(preset);
    expect(notes[0]).toBe(`recognised ${name} with 2 classes`);
    expect(recogniseDetector('x.pth', expectedWeights(preset), { arch: name }).config).toEqual(preset);
  });

  it("torchvision's Faster R-CNN on MobileNet is recognised, and by its name the one for small pictures", () => {
    const shapes = goldenShapes('fasterrcnn_mobilenet_v3_large_fpn');
    const { config, anchorsPerLocation } = recogniseDetector('x.pth', shapes);
    const norm = { kind: 'batchNorm', eps: 1e-5 };
    const preset = presetConfig(architectureNamed('fasterrcnn_mobilenet_v3_large_fpn'));
    expect(config).toEqual({
      ...preset,
      categories: config.categories,
      backbone: { ...preset.backbone, norm },
    });
    expect(() => checkAnchors('x.pth', config, anchorsPerLocation)).not.toThrow();
    expect(compareKeys(expectedWeights(config), shapes)).toEqual({ missing: [], unused: [], misshapen: [] });

    const arch = 'fasterrcnn_mobilenet_v3_large_320_fpn';
    const small = recogniseDetector('x.pth', shapes, { arch }).config;
    expect(small.preprocess).toMatchObject({ minSize: 320, maxSize: 640 });
    expect(small.rpn).toMatchObject({ preNmsTopN: 150, postNmsTopN: 150, scoreThreshold: 0.05 });
    expect(compareKeys(expectedWeights(small), shapes).missing).toEqual([]);
  });

  it('VGG-16 is recognised with its batch norms, and distinguished from other VGGs', () => {
    const preset = presetConfig(architectureNamed('maskrcnn_vgg16_fpn'), ant);
    const normed = applyOverrides('test', preset, { backbone: { norm: { kind: 'frozenBatchNorm' } } });
    expect(recogniseDetector('x.pth', expectedWeights(normed)).config).toEqual(normed);
    const deeper = new Map(expectedWeights(preset)).set('backbone.body.32.weight', [512, 512, 3, 3]);
    expect(() => recogniseDetector('x.pth', deeper)).toThrow(/VGG as its backbone that is not VGG-16/);
  });

  it('are recognised with group norm, which has no statistics', () => {
    const preset = presetConfig(architectureNamed('maskrcnn_resnet50_fpn'), ant);
    const norm = { kind: 'groupNorm' };
    const parts = { backbone: { norm }, fpn: { norm }, mask: { norm } };
    const config = applyOverrides('test', preset, parts);
    const shapes = expectedWeights(config);
    expect([...shapes.keys()].filter((key) => key.includes('running'))).toEqual([]);
    expect(recogniseDetector('x.pth', shapes).config).toEqual(config);
    const odd = applyOverrides('test', config, { fpn: { norm: { groups: 48 } } });
    expect(() => expectedWeights(odd)).toThrow(
      'backbone.fpn.inner_blocks.3.1: group norm cannot form 48 groups of 256 channels',
    );
  });

  it.each(efficientNetLiteNames)('%s is recognised with its width', (name) => {
    const preset = presetConfig(architectureNamed(`maskrcnn_${name}_fpn`), ant);
    const narrow = applyOverrides('test', preset, { backbone: { width: 8 } });
    expect(recogniseDetector('x.pth', expectedWeights(narrow)).config).toEqual(narrow);
  });

  it('other MobileNets are refused', () => {
    const shapes = new Map(goldenShapes('fasterrcnn_mobilenet_v3_large_fpn'));
    for (const key of shapes.keys()) if (/^backbone\.body\.1[3-6]\./.test(key)) shapes.delete(key);
    expect(() => recogniseDetector('x.pth', shapes)).toThrow(/^x\.pth: has a MobileNet of 13 layers/);
  });

  it('other EfficientNets are refused', () => {
    const shapes = expectedWeights(presetConfig(architectureNamed('maskrcnn_efficientnet_lite0_fpn'), ant));
    const deeper = new Map(shapes).set('backbone.body._blocks.16._project_conv.weight', [320, 1152, 1, 1]);
    expect(() => recogniseDetector('x.pth', deeper)).toThrow(/^x\.pth: has an EfficientNet of 17 blocks/);
    const wider = new Map(shapes).set('backbone.body._blocks.15._project_conv.weight', [400, 1152, 1, 1]);
    expect(() => recogniseDetector('x.pth', wider)).toThrow(/of 16 blocks as its backbone, the last of 400/);
    const excited = new Map(shapes).set('backbone.body._blocks.0._se_reduce.weight', [8, 32, 1, 1]);
    expect(() => recogniseDetector('x.pth', excited)).toThrow(/have no squeeze-and-excitation/);
  });
});
