import { z } from 'zod';
import { isPlainObject } from './merge.ts';
import { parseWith } from './parse.ts';

/**
 * The configuration of a training run. Every field has a default, with which a run on a user's own pictures
 * works; `docs/configuration.md` lists them. What belongs to the model (anchors, sampling) is in `schema.ts`.
 */

const positive = z.number().positive();
const count = z.number().int().positive();
const wholeNumber = z.number().int().min(0);
const fraction = z.number().min(0).max(1);

export const optimizerSchema = z.strictObject({
  kind: z.enum(['sgd', 'adamW']).default('adamW'),
  /** At a whole batch, before the schedule; null: 2e-4 for `adamW`, 0.005 for `sgd`. */
  learningRate: positive.nullable().default(null),
  /** Of `sgd`. */
  momentum: z.number().min(0).lt(1).default(0.9),
  /** Of `sgd`. */
  nesterov: z.boolean().default(false),
  /** Decays of the first and second moment of `adamW`. */
  betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]).default([0.9, 0.999]),
  /** Pull of the weights towards 0; null: 0.01 for `adamW`, which pulls apart from the gradient, 1e-4 for `sgd`. */
  weightDecay: z.number().min(0).nullable().default(null),
  /** The same for biases and norms, which need none. */
  weightDecayOfVectors: z.number().min(0).default(0),
  /** Longest gradient, as the norm over all weights; longer ones are shortened. Null for no limit. */
  clipNorm: positive.nullable().default(10),
});

/** What suits each optimiser, where the configuration leaves it open. */
const optimizerDefaults = {
  adamW: { learningRate: 2e-4, weightDecay: 0.01 },
  sgd: { learningRate: 0.005, weightDecay: 1e-4 },
} as const;

/** The learning rate and the weight decay that a run has. */
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
  kind: z.enum(['multiStep', 'cosine', 'constant']).default('cosine'),
  /** Steps in which the learning rate rises; at most half of the run. */
  warmUpSteps: wholeNumber.default(100),
  /** The learning rate starts at this part of its full value. */
  warmUpFactor: fraction.default(0.001),
  /** Of `multiStep`: parts of the run after which the rate falls. */
  milestones: z.array(fraction).default([2 / 3, 8 / 9]),
  /** Of `multiStep`: the factor of each fall. */
  gamma: fraction.default(0.1),
  /** Of `cosine`: the part of the rate that is left at the end. */
  finalFactor: fraction.default(0.01),
});

export const augmentationSchema = z.strictObject({
  /** Probability of a mirror image. */
  flipHorizontal: fraction.default(0.5),
  /** Probability of turning it upside down; for microscopes and drones, not for street scenes. */
  flipVertical: fraction.default(0),
  /** Probability of a turn by 90, 180 or 270 degrees; as above. */
  rotate: fraction.default(0),
  /** The picture is enlarged by a factor from this range … */
  scale: z.tuple([positive, positive]).default([1, 1]),
  /**
   * Side of a square window, in pixels of the resized picture, that is cut out of every picture after it was
   * enlarged; beyond the border lies its mean colour (Ghiasi et al. 2021, large scale jittering). All pictures of a
   * batch then have one size. Null: the whole picture, or what `crop` leaves of it.
   */
  window: count.nullable().default(null),
  /** Probability of cutting out a part of the picture that keeps at least one object. */
  crop: fraction.default(0),
  /** Smallest side of that part, as a part of the picture's. */
  cropSize: positive.max(1).default(0.5),
  /** Brightness, contrast and saturation change by a factor in 1 ± this. */
  brightness: fraction.default(0.2),
  contrast: fraction.default(0.2),
  saturation: fraction.default(0.2),
  /** Hue turns by up to this part of the circle, either way. */
  hue: z.number().min(0).max(0.5).default(0.02),
  /** Probability of a Gaussian blur, and its largest standard deviation in pixels. */
  blur: fraction.default(0),
  blurSigma: positive.default(1.5),
  /** Probability of added noise, and its largest standard deviation, of 255. */
  noise: fraction.default(0),
  noiseSigma: positive.default(10),
  /** Probability of pasting objects of another picture (Ghiasi et al. 2021). */
  copyPaste: fraction.default(0),
});

export const trainingConfigSchema = z
  .strictObject({
    /** Equal seeds, pictures and configurations give equal weights. */
    seed: wholeNumber.default(1),
    /** Updates of the weights; null: so many that each picture is seen often enough, by the size of the set. */
    steps: count.nullable().default(null),
    /** Pictures in one run of the network. */
    batchSize: count.default(2),
    /** Runs whose gradients are summed for one update. */
    accumulate: count.default(1),
    /**
     * Copies of the network that compute the runs of an update side by side, each with its share of the cores; at most
     * `accumulate`. The result is the same. On small pictures, two runs with one core each take less time than two, one
     * after the other, with two cores; each copy needs the memory of a run.
     */
    replicas: count.default(1),
    /**
     * Stages of the backbone that learn, from the last: 0 none, 3 layer2…layer4, 4 layer1 too, 5 the stem too.
     * Null: 3 where the backbone was trained before, else 5.
     */
    trainableStages: z.number().int().min(0).max(5).nullable().default(null),
    /** The shorter side is resized to one of these, at random; empty: the model's `preprocess.minSize`. */
    minSizes: z.array(count).default([]),
    optimizer: optimizerSchema.prefault({}),
    schedule: scheduleSchema.prefault({}),
    augmentation: augmentationSchema.prefault({}),
    /**
     * Keeps a moving average of the weights, which is validated and shipped: its decay, or null for none. Early in a run,
     * and so in all of a short one, the average follows faster.
     */
    emaDecay: z.number().min(0).lt(1).nullable().default(0.998),
    /** Steps between validations; null: ten in the run. */
    validateEvery: count.nullable().default(null),
    /** Validations without a better AP (FCN: mean IoU) after which training stops; null: it runs to its end. */
    patience: count.nullable().default(null),
    /** Steps between checkpoints; validations write one too. */
    checkpointEvery: count.default(100),
    /** Threads that decode and augment pictures ahead of the step; 0: the main one does it. */
    workers: wholeNumber.default(2),
    /**
     * Processor cores that a run uses; null: all, or each replica's share of them. With one, several runs share a machine
     * better than with all.
     */
    threads: count.nullable().default(null),
    /** A loss above this, or one that is not a number, stops the run. */
    largestLoss: positive.default(1000),
  })
  .refine(({ replicas, accumulate }) => replicas <= accumulate, {
    error: 'more replicas than runs of an update (accumulate)',
    path: ['replicas'],
  });

const pictureSetSchema = z.strictObject({
  /** COCO JSON file. */
  data: z.string(),
  /** Folder of its pictures. */
  images: z.string(),
});

/** The model that training starts from where a run names neither a start nor an architecture; null: from nothing. */
const defaultStart: string | null = 'objects';

/** What `mask-rcnn train --config` reads: the whole of a run. */
export const runConfigSchema = z.strictObject({
  /** What is trained on. */
  train: pictureSetSchema,
  /** What average precision, or of FCN mean IoU, is measured on; null: nothing. */
  validation: pictureSetSchema.nullable().default(null),
  /**
   * A model to start from: a file, or a published name; null: from nothing, or from `backboneWeights`. Left out, it is
   * `defaultStart`, unless `architecture` or `backboneWeights` says what to build.
   */
  from: z.string().nullable().default(null),
  /**
   * Where there is no `from`: an image classifier's weights (`.pth` as torchvision publishes them, or EfficientNet-
   * Lite0's), from which the backbone of `architecture` starts; null: from nothing.
   */
  backboneWeights: z.string().nullable().default(null),
  /** What is built where there is no `from`: a detector, `fcn_resnet50` or `fcn_resnet101`. */
  architecture: z.string().default('maskrcnn_resnet18_fpn'),
  /** Changes of the model's configuration: any part of it. */
  model: z.record(z.string(), z.unknown()).default({}),
  training: trainingConfigSchema.prefault({}),
});

export type RunConfig = z.infer<typeof runConfigSchema>;
export type OptimizerConfig = z.infer<typeof optimizerSchema>;
export type ScheduleConfig = z.infer<typeof scheduleSchema>;
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;

/**
 * Validates the configuration of a run and fills in defaults.
 * @throws InputError that names every wrong key, what was expected and, for unknown keys, the nearest valid ones.
 */
export function parseRunConfig(source: string, value: unknown): RunConfig {
  return parseWith(runConfigSchema, source, withDefaultStart(value, defaultStart));
}

/** Names the start where the run leaves it open. */
export function withDefaultStart(value: unknown, start: string | null): unknown {
  if (!isPlainObject(value)) return value;
  const said = (['from', 'architecture', 'backboneWeights'] as const).some((key) => value[key] !== undefined);
  return said ? value : { ...value, from: start };
}
