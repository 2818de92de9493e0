import { z } from 'zod';

/**
 * The configuration of a model: one nested object shaped like the model. Every part of the code receives
 * its own slice. Meanings and defaults are torchvision's; `docs/configuration.md` shows a whole one.
 */

const positive = z.number().positive();
const count = z.number().int().positive();
const fraction = z.number().min(0).max(1);

export const normSchema = z.strictObject({
  /**
   * `frozenBatchNorm` has constant statistics; `groupNorm` takes them from each picture or RoI, in training as in use
   * (Wu & He 2018); `none` means the convolution has a bias instead.
   */
  kind: z.enum(['frozenBatchNorm', 'batchNorm', 'groupNorm', 'none']),
  /** Added to the variance. torchvision runs its 2019–2020 COCO files with 0, everything else with 1e-5. */
  eps: z.number().min(0).default(1e-5),
  /** Of `groupNorm` alone: how many groups the channels form; 32 where nothing is said, as in Detectron2. */
  groups: count.optional(),
});

export const resnetNames = [
  'resnet18',
  'resnet34',
  'resnet50',
  'resnet101',
  'resnet152',
  'resnext50_32x4d',
  'resnext101_32x8d',
  'resnext101_64x4d',
] as const;

export const backboneSchema = z.strictObject({
  name: z.enum([...resnetNames, 'efficientnet_lite0', 'mobilenet_v3_large', 'vgg16']),
  norm: normSchema,
  /**
   * Channels of the stem, with which those of all stages grow: a ResNet's have 1, 2, 4 and 8 times as many (times 4
   * with bottlenecks). 64 in ResNets and VGG-16 as published, 32 in EfficientNet-Lite0, 16 in MobileNetV3-Large.
   */
  width: count.default(64),
  /**
   * Where a ResNet's bottleneck has its stride: in the 3×3 convolution (torchvision), or in the 1×1 before it (He et
   * al. 2016 as published, and Detectron2's ResNet-50 and -101).
   */
  strideIn1x1: z.boolean().default(false),
});

export const fpnSchema = z.strictObject({
  /**
   * The maps of the backbone that the pyramid is built on: those of strides 4 to 32, or the last two of MobileNetV3,
   * both of stride 32, as torchvision's detectors have it.
   */
  maps: z.enum(['strides4to32', 'lastTwo']).default('strides4to32'),
  /** Channels of every level. */
  channels: count.default(256),
  /**
   * RoIs whose √area is this or up to twice this, in pixels of the resized picture, are pooled from P4, smaller and larger
   * ones from the other levels. 224 is meant for pictures of 800 pixels; smaller ones have smaller objects.
   */
  canonicalSize: positive.default(224),
  norm: normSchema,
});

const anchorsSchema = z.strictObject({
  /** Side lengths in pixels of the resized image, a list for each level: P2…P6, or the only one. */
  sizes: z.array(z.array(positive).min(1)).min(1),
  /** Height divided by width, a list for each level. */
  aspectRatios: z.array(z.array(positive).min(1)).min(1),
  /**
   * `rounded`: corners are whole pixels, the stride is ⌊padded picture / grid⌋ (torchvision); `exact`: corners are
   * not rounded, the stride is the level's (Detectron2).
   */
  placement: z.enum(['rounded', 'exact']).default('rounded'),
});

/** How training chooses, among anchors or proposals, those that the losses are computed on. */
function samplingFields(defaults: { fg: number; bg: number; batch: number; fraction: number }) {
  return {
    /** Overlap (IoU) with a true box from which on a box counts as that object. */
    fgIouThresh: fraction.default(defaults.fg),
    /** Overlap below which it counts as background; in between it is left out. */
    bgIouThresh: fraction.default(defaults.bg),
    /** Boxes sampled in each picture. */
    batchSizePerImage: count.default(defaults.batch),
    /** At most this part of them are objects. */
    positiveFraction: fraction.default(defaults.fraction),
  };
}

export const rpnTrainingSchema = z.strictObject({
  ...samplingFields({ fg: 0.7, bg: 0.3, batch: 256, fraction: 0.5 }),
  /** Takes the place of the outer `preNmsTopN` in training. */
  preNmsTopN: count.default(2000),
  /** Takes the place of the outer `postNmsTopN` in training. */
  postNmsTopN: count.default(2000),
});

const boxTrainingSchema = z.strictObject(samplingFields({ fg: 0.5, bg: 0.5, batch: 512, fraction: 0.25 }));

export const rpnSchema = z.strictObject({
  /** 3×3 convolutions before the two predictors: 1, or 2 in the v2 recipe. */
  convolutions: count.default(1),
  anchors: anchorsSchema,
  /** Best-scored anchors kept on each level before NMS. */
  preNmsTopN: count.default(1000),
  /** Proposals kept for the picture after NMS. */
  postNmsTopN: count.default(1000),
  /** NMS keeps boxes that overlap a better one by IoU ≤ this. */
  nmsThreshold: fraction.default(0.7),
  /** Proposals below this objectness (after the sigmoid) are dropped. */
  scoreThreshold: fraction.default(0),
  training: rpnTrainingSchema.prefault({}),
});

export const roiPoolSchema = z
  .strictObject({
    /**
     * How an RoI becomes a square of bins. `roiAlign` rounds nothing; `roiWarp` rounds the RoI to whole feature pixels
     * and samples like RoIAlign; `roiPool` rounds the RoI and its bins and takes maxima; `roiPoolFloor` does so by
     * rounding down, and leaves the remainder out.
     */
    kind: z.enum(['roiAlign', 'roiWarp', 'roiPool', 'roiPoolFloor']).default('roiAlign'),
    /** Bins along each side of the output. */
    resolution: count,
    /** What a bin takes of its sampling points, with `roiAlign` and `roiWarp`; `max` needs a `samplingRatio` above 0. */
    mode: z.enum(['avg', 'max']).default('avg'),
    /** Sampling points along each side of a bin; 0 means ⌈RoI size / resolution⌉. */
    samplingRatio: z.number().int().min(0).default(2),
    /** Shifts the RoI by half a feature pixel, as Detectron2 does; torchvision does not. */
    aligned: z.boolean().default(false),
  })
  .refine(({ mode, samplingRatio }) => mode === 'avg' || samplingRatio > 0, {
    error: 'mode max needs a samplingRatio above 0',
    path: ['samplingRatio'],
  });

export const boxHeadSchema = z.strictObject({
  pool: roiPoolSchema,
  /** 3×3 convolutions before the fully connected layers, with their channels. */
  convolutions: z.array(count).default([]),
  /** Normalisation of those convolutions. */
  norm: normSchema,
  /** Widths of the fully connected layers; none in structure `c4`, whose `res5` takes their place. */
  fullyConnected: z.array(count),
});

/** NMS of detections where none was chosen for their classes, as torchvision has it. */
export const usualNms = { nmsThreshold: 0.5, nmsOverlap: 'union' } as const;

export const boxSchema = z.strictObject({
  head: boxHeadSchema,
  /** Detections below this class probability are dropped. */
  scoreThreshold: fraction.default(0.05),
  /** NMS within a class keeps boxes that overlap a better one by no more than this. */
  nmsThreshold: fraction.default(usualNms.nmsThreshold),
  /**
   * What that overlap is a part of: the `union` of the two boxes (IoU), or the `smaller` of them, so that a box within
   * a better one of its class goes too (SAHI's `IOS`): where a part of an object is oftener taken for another one than
   * one lies before another of its class.
   */
  nmsOverlap: z.enum(['union', 'smaller']).default(usualNms.nmsOverlap),
  /** Detections kept for the picture. */
  detectionsPerImage: count.default(100),
  /** The weights of dx, dy, dw, dh in the box coding (Fast R-CNN, appendix). */
  codingWeights: z.tuple([positive, positive, positive, positive]).default([10, 10, 5, 5]),
  training: boxTrainingSchema.prefault({}),
});

export const maskSchema = z.strictObject({
  /** Not read in structure `c4`, where both branches share the box branch's. */
  pool: roiPoolSchema,
  /** `fcn` keeps the places of the pixels; `mlp` predicts them from fully connected layers (He et al. 2017, Table 2e). */
  head: z.enum(['fcn', 'mlp']).default('fcn'),
  /**
   * `sigmoid`: a mask for each class, without competition; `softmax`: the classes and the background share each pixel,
   * as in FCN (Table 2b); `classAgnostic`: one mask for whatever class it is.
   */
  output: z.enum(['sigmoid', 'softmax', 'classAgnostic']).default('sigmoid'),
  /** Channels of the 3×3 convolutions of `fcn`. */
  convolutions: z.array(count),
  /** Widths of the fully connected layers of `mlp`. */
  fullyConnected: z.array(count).default([1024, 1024]),
  /** Normalisation of those convolutions. */
  norm: normSchema,
  /** Channels of the transposed convolution that doubles the resolution. */
  deconvolution: count.default(256),
  /**
   * Multiplies an instance's score by the mean probability of the pixels inside its mask, so that one whose outline is
   * uncertain comes after others (the maskness of SOLO, Wang et al. 2020).
   */
  rescore: z.boolean().default(false),
  /** How a mask is put into the picture: box cut to whole pixels (torchvision), or sampled exactly (Detectron2). */
  paste: z.enum(['wholePixels', 'exactBox']).default('wholePixels'),
});

/** Two joints, counted from 1 as in COCO JSON. */
const jointPair = z.tuple([count, count]);

export const keypointSchema = z
  .strictObject({
    pool: roiPoolSchema,
    /** Channels of the 3×3 convolutions. */
    convolutions: z.array(count).min(1),
    /** Names of the joints; each has a heat map, in this order. */
    names: z.array(z.string()).min(1),
    /** Pairs of joints between which a bone is drawn. */
    skeleton: z.array(jointPair).default([]),
    /** Pairs of joints that change names in a mirror image; null: those whose names differ by left and right. */
    flip: z.array(jointPair).nullable().default(null),
  })
  .refine(
    ({ names, skeleton, flip }) =>
      [...skeleton, ...(flip ?? [])].flat().every((joint) => joint <= names.length),
    {
      error: 'skeleton and flip name joints by their position in names, from 1',
    },
  );

export const categorySchema = z.strictObject({
  /** The data set's id, as COCO JSON names it. */
  id: z.number().int().min(0),
  name: z.string(),
});

export const preprocessSchema = z.strictObject({
  /** The shorter side is resized to this many pixels … */
  minSize: count.default(800),
  /** … unless the longer one would exceed this. */
  maxSize: count.default(1333),
  /** False: pictures larger than `minSize` keep their size, up to `maxSize`; smaller ones are enlarged all the same. */
  shrink: z.boolean().default(true),
  /**
   * Quantiles of a picture's values that become 0 and 1, for pictures that use a small part of the range as those of
   * microscopes do; null: values are taken as they are.
   */
  stretch: z.tuple([fraction, fraction]).nullable().default(null),
  /** Subtracted from RGB in 0…1. */
  mean: z.tuple([z.number(), z.number(), z.number()]).default([0.485, 0.456, 0.406]),
  /** Then divided by. */
  std: z.tuple([positive, positive, positive]).default([0.229, 0.224, 0.225]),
});

/** `defaultScore` of a model for which none was chosen. */
export const usualScore = 0.5;

export const modelConfigSchema = z.strictObject({
  preprocess: preprocessSchema,
  backbone: backboneSchema,
  /**
   * Where RoIs are pooled (He et al. 2017, Fig. 4). `fpn`: from the pyramid, each branch with layers of its own;
   * `c4`: from C4, both branches on the last stage of the ResNet; `c5`: from C5, of stride 32; `dc5`: from C5, kept at
   * stride 16 by dilation.
   */
  structure: z.enum(['fpn', 'c4', 'c5', 'dc5']).default('fpn'),
  /** Read by structure `fpn` alone. */
  fpn: fpnSchema,
  rpn: rpnSchema,
  box: boxSchema,
  /** Null in Faster R-CNN, which has no mask branch. */
  mask: maskSchema.nullable(),
  /** Null in models without a keypoint branch; one may stand beside the mask branch. */
  keypoint: keypointSchema.nullable().default(null),
  /** Class index c (1, 2, …) is the c-th category here; class 0 is the background and not listed. */
  categories: z.array(categorySchema).min(1),
  /** Instances that score less are left out where nobody asks for others; best chosen on a validation set. */
  defaultScore: fraction.default(usualScore),
});

export type NormConfig = z.infer<typeof normSchema>;
export type BackboneConfig = z.infer<typeof backboneSchema>;
export type BackboneName = BackboneConfig['name'];
export type ResNetName = (typeof resnetNames)[number];
export type FpnConfig = z.infer<typeof fpnSchema>;
export type RpnTrainingConfig = z.infer<typeof rpnTrainingSchema>;
export type RpnConfig = z.infer<typeof rpnSchema>;
export type RoiPoolConfig = z.infer<typeof roiPoolSchema>;
export type BoxHeadConfig = z.infer<typeof boxHeadSchema>;
export type BoxConfig = z.infer<typeof boxSchema>;
export type StructureName = ModelConfig['structure'];
export type MaskConfig = z.infer<typeof maskSchema>;
export type KeypointConfig = z.infer<typeof keypointSchema>;
export type Category = z.infer<typeof categorySchema>;
export type PreprocessConfig = z.infer<typeof preprocessSchema>;
export type ModelConfig = z.infer<typeof modelConfigSchema>;

/** Number of classes that the heads score: the categories and the background. */
export function classCount(config: Pick<ModelConfig, 'categories'>): number {
  return config.categories.length + 1;
}
