import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { presetConfig } from '../config/presets.ts';
import { semanticPreset } from '../config/semantic.ts';
import { semanticWeights } from './fcn.ts';
import { expectedWeights } from './inference-graphs.ts';
import { isFrozenNorm, trainableSemanticWeights, trainableWeights } from './trainable.ts';

const categories = [{ id: 1, name: 'ant' }];

function trained(architecture: string, stages: number): string[] {
  const config = presetConfig(architectureNamed(architecture), categories);
  return [...trainableWeights(expectedWeights(config).keys(), config, stages)];
}

describe('trainable weights', () => {
  // Weights of torchvision's maskrcnn_resnet18_fpn that keep requires_grad, by trainable_layers.
  it.each([
    [0, []],
    [2, ['layer3', 'layer4']],
    [3, ['layer2', 'layer3', 'layer4']],
    [5, ['conv1', 'layer1', 'layer2', 'layer3', 'layer4']],
  ])('with %i stages are those of the last ones', (stages, expected) => {
    const names = trained('maskrcnn_resnet18_fpn', stages);
    const body = names.filter((name) => name.startsWith('backbone.body.'));
    expect([...new Set(body.map((name) => name.split('.')[2]))].sort()).toEqual(expected);
    // Frozen norms: nothing but convolutions.
    expect(body.every((name) => /conv\d|downsample\.0/.test(name))).toBe(true);
    expect(names).toContain('rpn.head.cls_logits.bias');
    expect(names).toContain('roi_heads.mask_predictor.conv5_mask.weight');
  });

  it.each([
    [0, []],
    [1, [11, 12, 13, 14, 15]],
    [2, [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
    [4, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
  ])('with %i stages of EfficientNet-Lite0 are those since its stride doubled', (stages, blocks) => {
    const body = trained('maskrcnn_efficientnet_lite0_fpn', stages).filter((name) =>
      name.startsWith('backbone.body.'),
    );
    expect([...new Set(body.map((name) => Number(name.split('.')[3])))]).toEqual(blocks);
    expect(body.every((name) => /_conv\.weight$/.test(name))).toBe(true);
  });

  it('with two stages of VGG-16 are the convolutions of the last two', () => {
    const body = trained('fasterrcnn_vgg16_fpn', 2).filter((name) => name.startsWith('backbone.body.'));
    const places = body.filter((name) => name.endsWith('.weight')).map((name) => Number(name.split('.')[2]));
    expect(places).toEqual([17, 19, 21, 24, 26, 28]);
  });

  it('with five stages are all of EfficientNet-Lite0', () => {
    const names = trained('maskrcnn_efficientnet_lite0_fpn', 5);
    expect(names).toEqual(
      expect.arrayContaining([
        'backbone.body._conv_stem.weight',
        'backbone.body._blocks.0._project_conv.weight',
      ]),
    );
  });

  it('include the weights of norms that are not frozen, and never running statistics', () => {
    const names = trained('maskrcnn_resnet50_fpn_v2', 5);
    expect(names).toContain('backbone.body.bn1.weight');
    expect(names).toContain('backbone.fpn.inner_blocks.0.1.bias');
    expect(names.some((name) => name.includes('running'))).toBe(false);
  });

  it('leave the norms of frozen stages alone', () => {
    const names = trained('maskrcnn_resnet50_fpn_v2', 3);
    expect(names).not.toContain('backbone.body.bn1.weight');
    expect(names).toContain('backbone.body.layer2.0.bn1.weight');
  });

  it('include group norms of trained stages', () => {
    const preset = presetConfig(architectureNamed('maskrcnn_resnet18_fpn'), categories);
    const norm = { kind: 'groupNorm', eps: 1e-5 } as const;
    const config = { ...preset, backbone: { ...preset.backbone, norm }, fpn: { ...preset.fpn, norm } };
    const names = trainableWeights([...expectedWeights(config).keys()], config, 3);
    expect(names).toContain('backbone.fpn.inner_blocks.0.1.weight');
    expect(names).toContain('backbone.body.layer2.0.bn1.bias');
    expect(names).not.toContain('backbone.body.layer1.0.bn1.weight');
  });

  it('know which norms the configuration freezes', () => {
    const config = presetConfig(architectureNamed('maskrcnn_resnet18_fpn'), categories);
    expect(isFrozenNorm('backbone.body.bn1.running_mean', config)).toBe(true);
    expect(isFrozenNorm('backbone.fpn.inner_blocks.0.1.running_mean', config)).toBe(false);
  });
});

describe('of FCN', () => {
  const config = semanticPreset('fcn_resnet50', categories);
  const names = [...semanticWeights(config).keys()];

  it('the last stages learn with their norms, and both heads', () => {
    const trained = [...trainableSemanticWeights(names, config, 2)];
    const stages = trained.filter((name) => name.startsWith('backbone.')).map((name) => name.split('.')[1]);
    expect([...new Set(stages)]).toEqual(['layer3', 'layer4']);
    expect(trained).toEqual(expect.arrayContaining(['backbone.layer4.2.bn3.weight', 'classifier.1.bias']));
    expect(trained).toContain('aux_classifier.4.weight');
    expect(trained.some((name) => name.includes('running_'))).toBe(false);
    expect(trainableSemanticWeights(names, config, 5)).toContain('backbone.bn1.weight');
  });

  it('norms of the backbone may be frozen, those of the heads learn', () => {
    const backbone = { ...config.backbone, norm: { kind: 'frozenBatchNorm', eps: 1e-5 } as const };
    const trained = trainableSemanticWeights(names, { ...config, backbone }, 5);
    expect([...trained].filter((name) => /bn\d/.test(name))).toEqual([]);
    expect(trained).toContain('backbone.conv1.weight');
    expect(trained).toContain('classifier.1.weight');
  });
});
