import { categoriesFor, cocoCategories } from '../../config/coco-categories.ts';
import type { Category, ModelConfig, RoiPoolConfig } from '../../config/schema.ts';

/** Detectron2's standard deviations: 1, or ImageNet's for the ResNeXts, whose weights come from elsewhere. */
const unitDeviation = [1 / 255, 1 / 255, 1 / 255] as const;
const imageNetDeviation = [58.395 / 255, 57.12 / 255, 57.375 / 255] as const;

/** The categories that occur in data sets, in the order of their ids. */
const realCocoCategories: readonly Category[] = cocoCategories.filter(({ name }) => name !== 'N/A');

/**
 * Replaces torchvision's conventions by Detectron2's (`configs/Base-RCNN-*.yaml`): anchors are not rounded, RoIAlign
 * has the half-pixel shift and as many samples as the RoI has pixels, masks are sampled exactly, and the stride of
 * ResNet-50 and -101 is in the 1×1 convolution (`configs/Misc/*_gn.yaml`: in the 3×3). Detectron2's input is blue,
 * green, red in 0…255 minus the mean; a deviation of 1/255 has the same effect, and the channels of the first
 * convolution are reversed for the order of colours.
 */
export function withDetectron2Conventions(config: ModelConfig): ModelConfig {
  const { preprocess, backbone, rpn, box, mask, keypoint, categories } = config;
  const isResNeXt = backbone.name.startsWith('resnext');
  const pool = (of: RoiPoolConfig): RoiPoolConfig => ({ ...of, aligned: true, samplingRatio: 0 });
  return {
    ...config,
    preprocess: {
      ...preprocess,
      mean: [123.675 / 255, 116.28 / 255, 103.53 / 255],
      std: [...(isResNeXt ? imageNetDeviation : unitDeviation)],
    },
    backbone: { ...backbone, strideIn1x1: !isResNeXt && backbone.norm.kind !== 'groupNorm' },
    rpn: { ...rpn, anchors: { ...rpn.anchors, placement: 'exact' } },
    box: { ...box, head: { ...box.head, pool: pool(box.head.pool) } },
    mask: mask && { ...mask, pool: pool(mask.pool), paste: 'exactBox' },
    keypoint: keypoint && { ...keypoint, pool: pool(keypoint.pool) },
    categories: keypoint ? categories : [...detectron2Categories(categories.length)],
  };
}

/** Detectron2's COCO models have 80 classes, without the unused ids. */
function detectron2Categories(count: number): readonly Category[] {
  return count === realCocoCategories.length ? realCocoCategories : categoriesFor(count + 1);
}
