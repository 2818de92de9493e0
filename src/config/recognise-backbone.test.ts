import { describe, expect, it } from 'vitest';
import { expectedWeights } from '../model/inference-graphs.ts';
import { applyOverrides } from './overrides.ts';
import { architectureNamed, presetConfig } from './presets.ts';
import { recognise } from './recognise.ts';

const ant = [{ id: 1, name: 'class_1' }];

describe('the backbones of small machines', () => {
  it.each(['maskrcnn_efficientnet_lite0_fpn', 'fasterrcnn_efficientnet_lite0_fpn'])(
    '%s is recognised with all that its published weights want',
    (name) => {
      const preset = presetConfig(architectureNamed(name), ant);
      const { config, notes } = recognise('x.pth', expectedWeights(preset));
      expect(config).toEqual(preset);
      expect(notes[0]).toBe(`recognised ${name} with 2 classes`);
      expect(recognise('x.pth', expectedWeights(preset), { arch: name }).config).toEqual(preset);
    },
  );

  it('are told with their width', () => {
    const preset = presetConfig(architectureNamed('maskrcnn_efficientnet_lite0_fpn'), ant);
    const narrow = applyOverrides('test', preset, { backbone: { width: 8 } });
    expect(recognise('x.pth', expectedWeights(narrow)).config).toEqual(narrow);
  });

  it('other EfficientNets are refused', () => {
    const shapes = expectedWeights(presetConfig(architectureNamed('maskrcnn_efficientnet_lite0_fpn'), ant));
    const deeper = new Map(shapes).set('backbone.body._blocks.16._project_conv.weight', [320, 1152, 1, 1]);
    expect(() => recognise('x.pth', deeper)).toThrow(/^x\.pth: has an EfficientNet of 17 blocks/);
    const excited = new Map(shapes).set('backbone.body._blocks.0._se_reduce.weight', [8, 32, 1, 1]);
    expect(() => recognise('x.pth', excited)).toThrow(/only Lite0 is known/);
  });
});
