import type { Architecture } from './architectures.ts';
import { backboneDefaults } from './backbone-defaults.ts';
import { cocoCategories } from './coco-categories.ts';
import { personCategory } from './coco-joints.ts';
import { parseModelConfig } from './parse.ts';
import type { Category, ModelConfig } from './schema.ts';
import { keypointPreset, lastTwoPreset, lowResolutionPreset, structurePresets } from './structure-presets.ts';

/**
 * The configuration that torchvision's builder of this architecture gives a model with trained weights: v1 has frozen
 * batch norm in the backbone and no normalisation elsewhere.
 */
export function presetConfig(
  { backbone, recipe, structure, mask, keypoint = false }: Architecture,
  categories: readonly Category[] = keypoint ? [personCategory] : cocoCategories,
): ModelConfig {
  const isV2 = recipe === 'v2';
  const headNorm = { kind: isV2 ? 'batchNorm' : 'none' };
  // torchvision has no Mask R-CNN on MobileNet. Masks need the finer maps.
  const isLastTwo = backbone === 'mobilenet_v3_large' && !mask && !keypoint;
  const preset = isLastTwo ? lastTwoPreset : structurePresets[structure];
  const lowResolution = recipe === '320' ? lowResolutionPreset : { preprocess: {}, rpn: {} };
  const { width, eps, norm = 'frozenBatchNorm', preprocess } = backboneDefaults(backbone);
  return parseModelConfig('preset', {
    preprocess: { ...preprocess, ...lowResolution.preprocess },
    backbone: { name: backbone, norm: { kind: isV2 ? 'batchNorm' : norm, eps }, width },
    structure,
    fpn: { norm: headNorm, maps: isLastTwo ? 'lastTwo' : 'strides4to32' },
    rpn: { ...preset.rpn, ...lowResolution.rpn, convolutions: isV2 ? 2 : 1 },
    box: {
      head: {
        convolutions: isV2 ? [256, 256, 256, 256] : [],
        norm: headNorm,
        ...preset.head,
        ...(isV2 ? { fullyConnected: [1024] } : {}),
      },
    },
    mask: mask ? { ...preset.mask, norm: headNorm } : null,
    keypoint: keypoint ? keypointPreset : null,
    categories,
  });
}
