/**
 * The run that all studies modify: Mask R-CNN with FPN on a ResNet-18 with a quarter of the usual width, from
 * scratch, on pictures of 128×128. Two CPU cores train it in minutes. Other settings have their usual
 * defaults.
 */
export const baseRun = {
  architecture: 'maskrcnn_resnet18_fpn',
  model: {
    preprocess: { minSize: 128, maxSize: 128 },
    backbone: { width: 16 },
    fpn: { channels: 32 },
    rpn: {
      anchors: { sizes: [[12], [20], [32], [52], [84]] },
      postNmsTopN: 60,
      training: { batchSizePerImage: 64, preNmsTopN: 400, postNmsTopN: 100 },
    },
    box: { head: { fullyConnected: [128, 128] }, training: { batchSizePerImage: 24, positiveFraction: 0.5 } },
    mask: { convolutions: [32, 32, 32, 32], deconvolution: 32, fullyConnected: [128, 128] },
  },
  training: {
    steps: 1000,
    batchSize: 4,
    accumulate: 1,
    optimizer: { kind: 'adamW', learningRate: 0.002 },
    schedule: { warmUpSteps: 40 },
    augmentation: { scale: [1, 1] },
    emaDecay: 0.99,
    workers: 1,
  },
} as const;

/** Anchors of all sizes and ratios on one map. */
const oneMap = { sizes: [[12, 20, 32, 52, 84]], aspectRatios: [[0.5, 1, 2]] };

/** The base run with structure C4: one map for all anchors, and both branches on the last stage of the ResNet. */
export const c4Change = {
  architecture: 'maskrcnn_resnet18_c4',
  model: {
    rpn: { anchors: oneMap },
    box: { head: { pool: { resolution: 14 }, fullyConnected: [] } },
    mask: { convolutions: [] },
  },
} as const;

/** The base run with all RoIs from one map of stride 32, as in the paper's Table 2d. */
export const stride32Change = {
  architecture: 'maskrcnn_resnet18_c5',
  model: { rpn: { anchors: oneMap } },
} as const;

/** The base run with joints instead of masks. */
export const keypointChange = {
  architecture: 'keypointrcnn_resnet18_fpn',
  model: { mask: null, keypoint: { convolutions: [32, 32, 32, 32] } },
} as const;

/** The base run without the mask branch. */
export const boxesOnlyChange = { architecture: 'fasterrcnn_resnet18_fpn', model: { mask: null } } as const;
