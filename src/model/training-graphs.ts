import { classCount, type ModelConfig } from '../config/schema.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { type Dim, symbol } from '../graph/dim.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { pruneGraph } from '../graph/prune.ts';
import { boxBranch, maskRoiFeatures } from './branches.ts';
import { trunk } from './inference-graphs.ts';
import { keypointLogits, keypointLoss } from './keypoint-head.ts';
import { binaryCrossEntropyLoss, deltasOfClass, smoothL1Loss, softmaxCrossEntropyLoss } from './losses.ts';
import { maskLoss } from './mask-outputs.ts';
import { roiFeatures } from './roi-features.ts';
import { rpnOutputNames } from './rpn-head.ts';
import { imageInput, type Levels, levelsOf, mapInputs, maskSide } from './structure.ts';

/** The graphs of training, with torchvision's losses. */
export interface TrainingStepGraph {
  /**
   * `image` and all targets → the outputs of the trunk and all losses: {@link trunkGraph} and {@link headsGraph} in one.
   * Split by `vjp` with the inputs in {@link targets} as late ones, a step is two runs: the trunk forward, between them
   * the host samples, then everything else.
   */
  step: Graph;
  /** Names of all inputs of `step` but `image`. */
  targets: readonly string[];
}

/** torchvision's beta of both box losses. */
export const smoothL1Beta = 1 / 9;

/**
 * Names of the trunk's inputs for the RPN's targets on a level. Objectness: `[N, A, h, w]`; deltas `[N, 4·A, h, w]`;
 * weights are 1/n for each of n sampled anchors (for deltas: each positive one), else 0.
 */
export function rpnTargetNames(level: string) {
  return {
    objectness: `objectness_target_${level}`,
    objectnessWeights: `objectness_weight_${level}`,
    deltas: `deltas_target_${level}`,
    deltasWeights: `deltas_weight_${level}`,
  };
}

export interface StepGraphOptions {
  /** In a batch. If it is known to be 1, gradients of weights need fewer copies of feature maps. Default any number. */
  readonly pictures?: Dim;
  /**
   * Whether RoIs may be of other classes than their label, as in pictures that do not annotate every category: adds the
   * input `alternatives` `[R, classes]` of `softmaxCrossEntropyLoss`. Default false.
   */
  readonly partial?: boolean;
}

/** Builds the graph of a training step for batches of pictures padded to one size. */
export function trainingStepGraph(
  config: ModelConfig,
  { pictures = symbol('n'), partial = false }: StepGraphOptions = {},
): TrainingStepGraph {
  const g = new GraphBuilder('step');
  const outputs = trunk(g, imageInput(g, pictures), config);
  const step = g.build({
    ...outputs,
    ...rpnLosses(g, outputs, levelsOf(config)),
    ...headLosses(g, outputs, config, partial),
  });
  const inputs = pruneGraph(step).inputs.map(({ name }) => name);
  return { step, targets: inputs.filter((name) => name !== 'image') };
}

/**
 * The first part of a step alone: `image` `[N, 3, H, W]` → `p2`…`p5`, `objectness_*`, `deltas_*`, and from the inputs
 * of {@link rpnTargetNames} `loss_objectness` and `loss_rpn_box_reg`.
 */
export function trunkGraph(config: ModelConfig, pictures: Dim = symbol('n')): Graph {
  const g = new GraphBuilder('trunk');
  const outputs = trunk(g, imageInput(g, pictures), config);
  return g.build({ ...outputs, ...rpnLosses(g, outputs, levelsOf(config)) });
}

/**
 * The second part alone: `p2`…`p5` `[N, C, h, w]`, RoIs by level (`boxes_p2`, `batch_index_p2`, …) and their targets →
 * `loss_classifier`, `loss_box_reg`, and with a mask branch `loss_mask`, whose RoIs are `mask_boxes_p2`, …. Rows follow
 * the levels.
 *
 * Further inputs: `labels` `[R]` int64; `box_rows` `[P]` int64, RoI · classes + label of positives; `box_targets` and
 * `box_weights` `[P, 4]`; `mask_labels` `[D]` int64; `mask_targets` `[D, M, M]`; `mask_weights` `[D, 1, 1]`. With a
 * keypoint branch `loss_keypoint`: RoIs `keypoint_boxes_p2`, …, `keypoint_cells` `[V]` int64 (see `keypointLoss`) and
 * `keypoint_weights` `[V, 1]`. In structure `c4` the only map is `c4`, and the mask branch shares the features of RoIs:
 * `mask_rows` `[D]` int64.
 */
export function headsGraph(config: ModelConfig, pictures: Dim = symbol('n')): Graph {
  const g = new GraphBuilder('heads');
  return g.build(headLosses(g, mapInputs(g, config, pictures), config));
}

/** @param outputs `objectness_*` and `deltas_*` of the trunk. */
function rpnLosses(
  g: GraphBuilder,
  outputs: Readonly<Record<string, Value>>,
  { rpn }: Levels,
): Record<string, Value> {
  const losses = rpn.map(({ name: level }) => {
    const own = rpnOutputNames(level);
    const [objectness, deltas] = [outputs[own.objectness], outputs[own.deltas]];
    const names = rpnTargetNames(level);
    const like = (name: string, value: Value) => g.input(name, value.shape);
    return {
      objectness: binaryCrossEntropyLoss(
        g,
        objectness,
        like(names.objectness, objectness),
        like(names.objectnessWeights, objectness),
      ),
      deltas: smoothL1Loss(g, deltas, like(names.deltas, deltas), {
        beta: smoothL1Beta,
        weights: like(names.deltasWeights, deltas),
      }),
    };
  });
  const sum = (values: readonly Value[]) => values.reduce((a, b) => g.add(a, b));
  return {
    loss_objectness: sum(losses.map(({ objectness }) => objectness)),
    loss_rpn_box_reg: sum(losses.map(({ deltas }) => deltas)),
  };
}

/** @param maps `[N, C, h, w]` of the levels that RoIs are pooled from; others are not used. */
function headLosses(
  g: GraphBuilder,
  maps: Readonly<Record<string, Value>>,
  { mask, ...config }: ModelConfig,
  partial = false,
): Record<string, Value> {
  const { keypoint } = config;
  const { classLogits, boxDeltas, shared } = boxBranch(g, maps, { ...config, mask });
  const labels = g.input('labels', [classLogits.shape[0]], 'int64');
  const chosen = deltasOfClass(g, boxDeltas, g.input('box_rows', [symbol('positives')], 'int64'));
  const losses: Record<string, Value> = {
    loss_classifier: softmaxCrossEntropyLoss(
      g,
      classLogits,
      labels,
      partial ? g.input('alternatives', classLogits.shape) : undefined,
    ),
    loss_box_reg: smoothL1Loss(g, chosen, g.input('box_targets', chosen.shape), {
      beta: smoothL1Beta,
      weights: g.input('box_weights', chosen.shape),
    }),
  };
  if (mask) {
    const pooled = shared
      ? g.gatherRows(shared, g.input('mask_rows', [symbol('mask_rois')], 'int64'))
      : maskRoiFeatures(g, maps, { ...config, mask }, 'mask_');
    const rois: Dim = pooled.shape[0];
    const side = maskSide({ ...config, mask });
    const truth = {
      targets: g.input('mask_targets', [rois, side, side]),
      weights: g.input('mask_weights', [rois, 1, 1]),
    };
    const own = { pooled, labels: g.input('mask_labels', [rois], 'int64') };
    losses.loss_mask = maskLoss(g, own, truth, { config: mask, classes: classCount(config) });
  }
  if (keypoint) {
    const options = { levels: levelsOf(config).roi, prefix: 'keypoint_' };
    const logits = keypointLogits(g, roiFeatures(g, maps, keypoint.pool, options), keypoint);
    const cells = g.input('keypoint_cells', [symbol('joints')], 'int64');
    losses.loss_keypoint = keypointLoss(g, logits, cells, g.input('keypoint_weights', [cells.shape[0], 1]));
  }
  return losses;
}
