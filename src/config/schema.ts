import { z } from 'zod';
import { efficientNetLiteNames } from './efficientnet-lite-table.ts';
import { resnetNames } from './resnet-table.ts';

/**
 * The configuration of a detector: one nested object shaped like the model. Every part of the code receives only its
 * own slice. Meanings and defaults are torchvision's; `docs/configuration.md` shows a complete one.
 */

const positive = z.number().positive();
const count = z.number().int().positive();
const fraction = z.number().min(0).max(1);

/** The `eps` of torch's batch norm and torchvision's frozen one. */
export const defaultEps = 1e-5;

export const normSchema = z.strictObject({
  /**
   * `frozenBatchNorm` has constant statistics; `groupNorm` computes them for each picture or RoI, in training and in
   * inference (Wu & He 2018); `none` means that the convolution has a bias instead.
   */
  kind: z.enum(['frozenBatchNorm', 'batchNorm', 'groupNorm', 'none']),
  /** Added to the variance. torchvision runs its COCO weights of 2019–2020 with 0, everything else with 1e-5. */
  eps: z.number().min(0).default(defaultEps),
  /** For `groupNorm` only: the number of groups; 32 if omitted, as in Detectron2. */
  groups: count.optional(),
});

export const backboneSchema = z.strictObject({
  /** The network. The number of its layers and its published weights go with the name. */
  name: z.enum([...resnetNames, ...efficientNetLiteNames, 'mobilenet_v3_large', 'vgg16']),
  /** Normalisation after each convolution. */
  norm: normSchema,
  /**
   * Channels of the stem; those of all stages scale with it: a ResNet's stages have 1, 2, 4 and 8 times as many (times
   * 4 with bottlenecks). As published: 64 in ResNets and VGG-16, 32 in EfficientNet-Lite, 16 in MobileNetV3-Large.
   */
  width: count.default(64),
  /**
   * Whether the stride of a ResNet's bottleneck is in the first 1×1 convolution (He et al. 2016 as published, and
   * Detectron2's ResNet-50 and -101) instead of the 3×3 one (torchvision).
   */
  strideIn1x1: z.boolean().default(false),
});

export const fpnSchema = z.strictObject({
  /**
   * The maps of the backbone that the pyramid is built on: those of strides 4 to 32, or the last two of MobileNetV3,
   * both of stride 32, as in torchvision's detectors.
   */
  maps: z.enum(['strides4to32', 'lastTwo']).default('strides4to32'),
  /** Channels of every level. */
  channels: count.default(256),
  /**
   * RoIs whose √area is at least this and less than twice this, in pixels of the resized picture, are pooled from P4;
   * smaller and larger ones from the other levels. 224 suits pictures of 800 pixels; smaller pictures have smaller
   * objects.
   */
  canonicalSize: positive.default(224),
  /** Normalisation after each convolution of the pyramid. */
  norm: normSchema,
});

const anchorsSchema = z.strictObject({
  /** Side lengths in pixels of the resized picture: a list for each level, P2…P6 or the only one. */
  sizes: z.array(z.array(positive).min(1)).min(1),
  /** Height divided by width: a list for each level. */
  aspectRatios: z.array(z.array(positive).min(1)).min(1),
  /**
   * `rounded`: corners are whole pixels and the stride is ⌊padded picture / grid⌋ (torchvision); `exact`: corners are
   * not rounded and the stride is the level's (Detectron2).
   */
  placement: z.enum(['rounded', 'exact']).default('rounded'),
});

/** How training samples the anchors or proposals that the losses are computed on. */
function samplingFields(defaults: { fg: number; bg: number; batch: number; fraction: number }) {
  return {
    /** IoU with a true box at or above which a box counts as that object. */
    fgIouThresh: fraction.default(defaults.fg),
    /** IoU below which a box counts as background; boxes in between are not sampled. */
    bgIouThresh: fraction.default(defaults.bg),
    /** Boxes sampled per picture. */
    batchSizePerImage: count.default(defaults.batch),
    /** The largest fraction of them that are objects. */
    positiveFraction: fraction.default(defaults.fraction),
  };
}

export const rpnTrainingSchema = z.strictObject({
  ...samplingFields({ fg: 0.7, bg: 0.3, batch: 256, fraction: 0.5 }),
  /** Replaces the outer `preNmsTopN` in training. */
  preNmsTopN: count.default(2000),
  /** Replaces the outer `postNmsTopN` in training. */
  postNmsTopN: count.default(2000),
});

const boxTrainingSchema = z.strictObject(samplingFields({ fg: 0.5, bg: 0.5, batch: 512, fraction: 0.25 }));

export const rpnSchema = z.strictObject({
  /** 3×3 convolutions before the two predictors: 1, or 2 in the v2 recipe. */
  convolutions: count.default(1),
  /** The reference boxes at each location of the maps. */
  anchors: anchorsSchema,
  /** Highest-scoring anchors kept on each level before NMS. */
  preNmsTopN: count.default(1000),
  /** Proposals kept per picture after NMS. */
  postNmsTopN: count.default(1000),
  /** NMS removes boxes whose IoU with a higher-scoring one exceeds this. */
  nmsThreshold: fraction.default(0.7),
  /** Proposals below this objectness (after the sigmoid) are dropped. */
  scoreThreshold: fraction.default(0),
  /** How the RPN is trained. */
  training: rpnTrainingSchema.prefault({}),
});

export const roiPoolSchema = z
  .strictObject({
    /**
     * How an RoI is pooled into a square of bins. `roiAlign` does not round; `roiWarp` rounds the RoI to whole feature
     * pixels and samples like RoIAlign; `roiPool` rounds the RoI and its bins and takes maxima; `roiPoolFloor` does the
     * same but rounds the size of bins down and drops the remainder.
     */
    kind: z.enum(['roiAlign', 'roiWarp', 'roiPool', 'roiPoolFloor']).default('roiAlign'),
    /** Bins along each side of the output. */
    resolution: count,
    /** How `roiAlign` and `roiWarp` combine the sampling points of a bin; `max` needs a `samplingRatio` above 0. */
    mode: z.enum(['avg', 'max']).default('avg'),
    /** Sampling points along each side of a bin; 0 means ⌈RoI size / resolution⌉. */
    samplingRatio: z.number().int().min(0).default(2),
    /** Whether the RoI is shifted by half a feature pixel, as in Detectron2; torchvision's models do not. */
    aligned: z.boolean().default(false),
  })
  .refine(({ mode, samplingRatio }) => mode === 'avg' || samplingRatio > 0, {
    error: 'mode max needs a samplingRatio above 0',
    path: ['samplingRatio'],
  });

export const boxHeadSchema = z.strictObject({
  /** How RoIs are pooled. */
  pool: roiPoolSchema,
  /** Channels of the 3×3 convolutions before the fully connected layers. */
  convolutions: z.array(count).default([]),
  /** Normalisation of those convolutions. */
  norm: normSchema,
  /** Widths of the fully connected layers; empty in structure `c4`, which has `res5` instead. */
  fullyConnected: z.array(count),
});

/** The default NMS of detections, torchvision's. */
export const usualNms = { nmsThreshold: 0.5, nmsOverlap: 'union' } as const;

export const boxSchema = z.strictObject({
  /** The layers of the class and box branch. */
  head: boxHeadSchema,
  /** Detections below this class probability are dropped. */
  scoreThreshold: fraction.default(0.05),
  /** NMS within a class removes boxes whose overlap with a higher-scoring one exceeds this. */
  nmsThreshold: fraction.default(usualNms.nmsThreshold),
  /**
   * What the intersection of two boxes is divided by: their `union` (IoU), or the `smaller` of them (SAHI's `IOS`),
   * which also removes a box inside a higher-scoring one of its class. Use `smaller` where duplicates on parts of an
   * object are more frequent than objects in front of another of the same class.
   */
  nmsOverlap: z.enum(['union', 'smaller']).default(usualNms.nmsOverlap),
  /** Detections kept per picture. */
  detectionsPerImage: count.default(100),
  /** The weights of dx, dy, dw, dh in the box coding (Fast R-CNN, appendix). */
  codingWeights: z.tuple([positive, positive, positive, positive]).default([10, 10, 5, 5]),
  /** How the class and box branch is trained. */
  training: boxTrainingSchema.prefault({}),
});

export const maskSchema = z.strictObject({
  /** Not used in structure `c4`, where both branches share the box branch's. */
  pool: roiPoolSchema,
  /** `fcn`: convolutions, which keep the spatial layout; `mlp`: fully connected layers (He et al. 2017, Table 2e). */
  head: z.enum(['fcn', 'mlp']).default('fcn'),
  /**
   * `sigmoid`: one mask per class, without competition; `softmax`: the classes and the background compete for each
   * pixel, as in FCN (Table 2b); `classAgnostic`: one mask regardless of the class.
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
   * Whether an instance's score is multiplied by the mean probability of the pixels inside its mask, which ranks
   * instances with uncertain outlines lower (the maskness of SOLO, Wang et al. 2020).
   */
  rescore: z.boolean().default(false),
  /** How a mask is pasted: into a box of whole pixels (torchvision), or sampled at the exact box (Detectron2). */
  paste: z.enum(['wholePixels', 'exactBox']).default('wholePixels'),
});

/** Two keypoints, counted from 1 as in COCO JSON. */
const jointPair = z.tuple([count, count]);

export const keypointSchema = z
  .strictObject({
    /** How RoIs are pooled. */
    pool: roiPoolSchema,
    /** Channels of the 3×3 convolutions. */
    convolutions: z.array(count).min(1),
    /** Names of the keypoints, in the order of their heat maps. */
    names: z.array(z.string()).min(1),
    /** Pairs of keypoints that a bone is drawn between. */
    skeleton: z.array(jointPair).default([]),
    /** Pairs of keypoints that are swapped in a mirror image; null: those whose names differ by left and right. */
    flip: z.array(jointPair).nullable().default(null),
  })
  .refine(
    ({ names, skeleton, flip }) =>
      [...skeleton, ...(flip ?? [])].flat().every((joint) => joint <= names.length),
    {
      error: 'skeleton and flip name keypoints by their position in names, from 1',
    },
  );

export const categorySchema = z.strictObject({
  /** The category's id in the data set's COCO JSON. */
  id: z.number().int().min(0),
  /** Its name, as results and overlays show it. */
  name: z.string(),
});

export const preprocessSchema = z.strictObject({
  /** The shorter side is resized to this many pixels, unless the longer one would exceed `maxSize`. */
  minSize: count.default(800),
  /** Largest longer side of a resized picture, in pixels. */
  maxSize: count.default(1333),
  /** False: pictures larger than `minSize` keep their size, up to `maxSize`; smaller ones are still enlarged. */
  shrink: z.boolean().default(true),
  /**
   * Quantiles of a picture's values that are mapped to 0 and 1, for pictures that use a small part of the range, such
   * as those of microscopes; null: values are used as they are.
   */
  stretch: z.tuple([fraction, fraction]).nullable().default(null),
  /**
   * Median √(box area) of the objects that the model was trained on, in pixels of the resized picture; training records
   * it, and predicting by tiles magnifies pictures accordingly. Null: not known.
   */
  objectSize: positive.nullable().default(null),
  /** Subtracted from the channels R, G, B, whose values are in 0…1. */
  mean: z.tuple([z.number(), z.number(), z.number()]).default([0.485, 0.456, 0.406]),
  /** What the channels are then divided by. */
  std: z.tuple([positive, positive, positive]).default([0.229, 0.224, 0.225]),
});

/** The `defaultScore` of a model for which none was chosen. */
export const usualScore = 0.5;

export const modelConfigSchema = z.strictObject({
  /** The kind of model: `detector` is Mask R-CNN and its family. In FCN's configuration it is `fcn`. */
  kind: z.literal('detector').default('detector'),
  /** How a picture becomes the input of the network. */
  preprocess: preprocessSchema,
  /** The network that computes the feature maps. */
  backbone: backboneSchema,
  /**
   * The maps that RoIs are pooled from (He et al. 2017, Fig. 4). `fpn`: the pyramid, with separate layers for each
   * branch; `c4`: C4, with both branches on the last stage of the ResNet; `c5`: C5, of stride 32; `dc5`: C5, kept at
   * stride 16 by dilation.
   */
  structure: z.enum(['fpn', 'c4', 'c5', 'dc5']).default('fpn'),
  /** The feature pyramid; used by structure `fpn` only. */
  fpn: fpnSchema,
  /** The region proposal network. */
  rpn: rpnSchema,
  /** The class and box branch. */
  box: boxSchema,
  /** The mask branch; null in Faster R-CNN. */
  mask: maskSchema.nullable(),
  /** The keypoint branch, instead of a mask branch or in addition to it; null: none. */
  keypoint: keypointSchema.nullable().default(null),
  /** Class index c (1, 2, …) is the c-th category in this list; class 0, the background, is not listed. */
  categories: z.array(categorySchema).min(1),
  /** The default score threshold: instances that score less are not shown. Best chosen on a validation set. */
  defaultScore: fraction.default(usualScore),
});

export type NormConfig = z.infer<typeof normSchema>;
export type BackboneConfig = z.infer<typeof backboneSchema>;
export type BackboneName = BackboneConfig['name'];
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

/** Number of classes that the heads score: the categories plus the background. */
export function classCount(config: Pick<ModelConfig, 'categories'>): number {
  return config.categories.length + 1;
}
