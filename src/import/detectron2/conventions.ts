import { cocoCategories } from '../../config/coco-categories.ts';
import { categoriesFor } from '../../config/presets.ts';
import type { Category, ModelConfig, RoiPoolConfig } from '../../config/schema.ts';

/** What Detectron2 divides by: nothing, or for the ResNeXts that it has from elsewhere ImageNet's deviation. */
const unitDeviation = [1 / 255, 1 / 255, 1 / 255] as const;
const imageNetDeviation = [58.395 / 255, 57.12 / 255, 57.375 / 255] as const;

/** Categories that data sets really have, in the order of their ids. */
const realCocoCategories: readonly Category[] = cocoCategories.filter(({ name }) => name !== 'N/A');

/**
 * The configuration that the structure of a model has in Detectron2 (`configs/Base-RCNN-*.yaml`): anchors that are not
 * rounded, RoIAlign with the half-pixel shift and as many samples as the RoI has pixels, masks sampled exactly, and
 * the stride of ResNet-50 and -101 in the 1×1 convolution (`configs/Misc/*_gn.yaml`: in the 3×3). Pictures are its
 * blue, green, red in 0…255 less the mean, which is the same as ours with a deviation of 1/255; the first
 * convolution's channels are turned round instead.
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

/** Its COCO models score the 80 classes that there are. */
function detectron2Categories(count: number): readonly Category[] {
  return count === realCocoCategories.length ? realCocoCategories : categoriesFor(count + 1);
}
