import { z } from 'zod';
import { defaultModel } from '../core/default-model.ts';
import { isPlainObject } from './merge.ts';
import { parseWith } from './parse.ts';

/**
 * The configuration of a training run. The defaults suit a run on a user's own pictures. Settings of the model
 * (anchors, sampling) are in `schema.ts`.
 */

const positive = z.number().positive();
const count = z.number().int().positive();
const wholeNumber = z.number().int().min(0);
const fraction = z.number().min(0).max(1);

export const optimizerSchema = z.strictObject({
  /** AdamW (Loshchilov & Hutter 2019), or stochastic gradient descent with momentum. */
  kind: z.enum(['sgd', 'adamW']).default('adamW'),
  /** Learning rate per update, before the schedule; null: 6e-4 for `adamW`, 0.005 for `sgd`. */
  learningRate: positive.nullable().default(null),
  /** For `sgd`: the factor of the previous updates. */
  momentum: z.number().min(0).lt(1).default(0.9),
  /** For `sgd`: whether the momentum is Nesterov's. */
  nesterov: z.boolean().default(false),
  /** For `adamW`: decay rates of the first and second moment. */
  betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]).default([0.9, 0.999]),
  /** Weight decay; null: 0.01 for `adamW`, which decouples it from the gradient, 1e-4 for `sgd`. */
  weightDecay: z.number().min(0).nullable().default(null),
  /** Weight decay of biases and the parameters of norms, which do not need it. */
  weightDecayOfVectors: z.number().min(0).default(0),
  /** Largest norm of the gradient over all weights; larger ones are scaled down. Null: no limit. */
  clipNorm: positive.nullable().default(10),
});

/** The rates of each optimiser where the configuration does not set them. */
const optimizerDefaults = {
  adamW: { learningRate: 6e-4, weightDecay: 0.01 },
  sgd: { learningRate: 0.005, weightDecay: 1e-4 },
} as const;

/** The learning rate and the weight decay of a run. */
export function optimizerRates({ kind, learningRate, weightDecay }: OptimizerConfig): {
  learningRate: number;
  weightDecay: number;
} {
  const defaults = optimizerDefaults[kind];
  return {
    learningRate: learningRate ?? defaults.learningRate,
    weightDecay: weightDecay ?? defaults.weightDecay,
  };
}

export const scheduleSchema = z.strictObject({
  /** How the learning rate changes after the warm-up: in drops, along half a cosine, or not at all. */
  kind: z.enum(['multiStep', 'cosine', 'constant']).default('cosine'),
  /** Steps of warm-up, in which the learning rate rises; at most half of the run. */
  warmUpSteps: wholeNumber.default(100),
  /** The learning rate starts at this fraction of its full value. */
  warmUpFactor: fraction.default(0.001),
  /** For `multiStep`: fractions of the run at which the rate drops. */
  milestones: z.array(fraction).default([2 / 3, 8 / 9]),
  /** For `multiStep`: the factor of each drop. */
  gamma: fraction.default(0.1),
  /** For `cosine`: the fraction of the rate at the end of the run. */
  finalFactor: fraction.default(0.01),
});

export const augmentationSchema = z.strictObject({
  /** Probability of a horizontal flip. */
  flipHorizontal: fraction.default(0.5),
  /** Probability of a vertical flip; for pictures from microscopes and drones, not for street scenes. */
  flipVertical: fraction.default(0),
  /** Probability of a rotation by 90, 180 or 270 degrees; for the same pictures. */
  rotate: fraction.default(0),
  /** The picture is scaled by a random factor in this range. */
  scale: z.tuple([positive, positive]).default([0.75, 1.25]),
  /**
   * Side of a square window, in pixels of the resized picture, that is cut out of every picture after scaling; beyond
   * the border it is filled with the mean colour (Ghiasi et al. 2021, large scale jittering). All pictures of a pass
   * then have the same size. Null: the whole picture, or the part that `crop` cuts out.
   */
  window: count.nullable().default(null),
  /** Probability of cropping the picture to a part that contains at least one object. */
  crop: fraction.default(0),
  /** Smallest side of that part, as a fraction of the picture's. */
  cropSize: positive.max(1).default(0.5),
  /** Brightness changes by a random factor in 1 ± this. */
  brightness: fraction.default(0.2),
  /** Contrast changes by a random factor in 1 ± this. */
  contrast: fraction.default(0.2),
  /** Saturation changes by a random factor in 1 ± this. */
  saturation: fraction.default(0.2),
  /** Hue is shifted by up to this fraction of the colour circle, either way. */
  hue: z.number().min(0).max(0.5).default(0.02),
  /** Gamma correction by an exponent between 1 / (1 + this) and 1 + this. */
  gamma: z.number().min(0).default(0),
  /** Probability of taking the negative; for pictures from microscopes. */
  invert: fraction.default(0),
  /** Probability of a Gaussian blur. */
  blur: fraction.default(0),
  /** Its largest standard deviation, in pixels: those of the resized picture if it is smaller. */
  blurSigma: positive.default(1.5),
  /** Probability of added noise. */
  noise: fraction.default(0),
  /** Its largest standard deviation, for values in 0…255. */
  noiseSigma: positive.default(10),
  /** Probability of pasting in objects from another picture (Ghiasi et al. 2021). */
  copyPaste: fraction.default(0),
  /** Pasted objects are scaled by a random factor in this range. */
  copyPasteScale: z.tuple([positive, positive]).default([1, 1]),
});

export const trainingConfigSchema = z
  .strictObject({
    /** Random seed. The same seed, pictures and configuration give the same weights. */
    seed: wholeNumber.default(1),
    /** Updates of the weights; null: chosen by the size of the data set, as far as `minutes` allow. */
    steps: count.nullable().default(null),
    /**
     * Without `steps`: the time that the run may take, validations included, as estimated from its first updates. Null:
     * as long as the size of the data set asks for.
     */
    minutes: positive.nullable().default(30),
    /** Pictures per pass through the network. An update uses `batchSize` × `accumulate` pictures. */
    batchSize: count.default(2),
    /** Passes whose gradients are accumulated for one update. */
    accumulate: count.default(2),
    /**
     * Copies of the network that compute the passes of an update in parallel, each on its share of the cores; at most
     * `accumulate`. The result is the same. On small pictures, two parallel passes on one core each are faster than two
     * consecutive passes on two cores. Each copy needs the memory of a pass. Null: as many as there are passes and cores
     * if pictures are small and `threads` is null, else 1. On a device other than the processor there is always one.
     */
    replicas: count.nullable().default(null),
    /**
     * Stages of the backbone that are trained, counted from the last: 0 none, 3 layer2…layer4, 4 also layer1, 5 also
     * the stem. Null: 3 where the backbone is pretrained, else 5.
     */
    trainableStages: z.number().int().min(0).max(5).nullable().default(null),
    /**
     * Repeat-factor sampling (Gupta et al. 2019): a picture with a category that is in fewer than this fraction of all
     * pictures is shown √(threshold / fraction) times an epoch. Null: every picture once.
     */
    repeatThreshold: fraction.nullable().default(null),
    /** The shorter side is resized to one of these, at random; empty: the model's `preprocess.minSize`. */
    minSizes: z.array(count).default([]),
    /** How the weights are updated. */
    optimizer: optimizerSchema.prefault({}),
    /** How the learning rate changes during the run. */
    schedule: scheduleSchema.prefault({}),
    /** Random changes of the training pictures. */
    augmentation: augmentationSchema.prefault({}),
    /**
     * Decay of the moving average of the weights, which is validated and saved; null: no average. Early in a run, and
     * so throughout a short one, the decay is smaller.
     */
    emaDecay: z.number().min(0).lt(1).nullable().default(0.998),
    /** Steps between validations; null: a tenth of the run, or more where validating would take a large part of it. */
    validateEvery: count.nullable().default(null),
    /** Validations without a better AP (FCN: mean IoU) after which training stops; null: never. */
    patience: count.nullable().default(null),
    /** Steps between checkpoints; each validation writes one too. */
    checkpointEvery: count.default(100),
    /** Threads that decode and augment pictures ahead of the step; 0: the main thread does it. */
    workers: wholeNumber.default(2),
    /**
     * CPU cores that a run uses; null: all, or each replica's share of them. Several runs share a machine better with 1
     * than with all.
     */
    threads: count.nullable().default(null),
    /** A loss above this, or one that is NaN, stops the run. */
    largestLoss: positive.default(1000),
  })
  .refine(({ replicas, accumulate }) => replicas === null || replicas <= accumulate, {
    error: 'more replicas than passes of an update (accumulate)',
    path: ['replicas'],
  });

const pictureSetSchema = z.strictObject({
  /** Path of a COCO JSON file. */
  data: z.string(),
  /** Folder with its pictures. */
  images: z.string(),
  /** Of TIFF stacks and animations: the slice, time, page or frame that is the picture, from 1; null: files have one page. */
  page: count.nullable().default(null),
  /** Of microscope pictures: the channel that is the picture, from 1 or by its name in OME-TIFF; null: all, as colours. */
  channel: z
    .union([count, z.string().min(1)])
    .nullable()
    .default(null),
});

/** A whole run, as `mask-rcnn train --config` reads it. */
export const runConfigSchema = z.strictObject({
  /** The data set to train on. */
  train: pictureSetSchema,
  /** The data set that average precision (FCN: mean IoU) is measured on; null: no validation. */
  validation: pictureSetSchema.nullable().default(null),
  /**
   * A model to start from: a file, or a name that `mask-rcnn models` lists; null: from scratch, or from
   * `backboneWeights`. If omitted, it is `photos`, unless there is an `architecture` or `backboneWeights`.
   */
  from: z.string().nullable().default(null),
  /**
   * Where `from` is null or omitted: the weights of an image classifier (`.pth` as torchvision publishes them, or EfficientNet-Lite0's)
   * that the backbone of `architecture` starts from; null: from scratch.
   */
  backboneWeights: z.string().nullable().default(null),
  /**
   * Without `from`: the architecture to build, by a name that `train --arch` takes, such as `maskrcnn_resnet50_fpn` or
   * `fcn_resnet50`. The default is built where `from` is null, or omitted beside `backboneWeights`.
   */
  architecture: z.string().default('maskrcnn_resnet18_fpn'),
  /** Settings of the model that replace those of `from` or `architecture`: any part of its configuration. */
  model: z.record(z.string(), z.unknown()).default({}),
  /** How the model is trained. */
  training: trainingConfigSchema.prefault({}),
});

export type RunConfig = z.infer<typeof runConfigSchema>;
/** A run as a user writes it: everything that has a default can be left out. */
export type RunInput = z.input<typeof runConfigSchema>;
/** The training of a run whose length and parallelism are decided. */
export type PlannedTraining = TrainingConfig & { readonly steps: number; readonly replicas: number };
/** A data set of a run. */
export type PictureSet = z.infer<typeof pictureSetSchema>;
export type OptimizerConfig = z.infer<typeof optimizerSchema>;
export type ScheduleConfig = z.infer<typeof scheduleSchema>;
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;

/**
 * Validates the configuration of a run and fills in defaults.
 * @throws InputError that names every wrong key, the expected value and, for unknown keys, the nearest valid ones.
 */
export function parseRunConfig(source: string, value: unknown): RunConfig {
  return parseWith(runConfigSchema, source, withDefaultStart(value));
}

/** Sets `from` to the default model in a run that neither has it nor says what to build. */
export function withDefaultStart(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  const said = (['from', 'architecture', 'backboneWeights'] as const).some((key) => value[key] !== undefined);
  return said ? value : { ...value, from: defaultModel };
}
