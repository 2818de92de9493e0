import { classCount, type ModelConfig } from '../config/schema.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { type Dim, symbol } from '../graph/dim.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { boxHead } from './box-head.ts';
import { fpnStrides, type roiLevels, rpnLevels } from './fpn.ts';
import { sizeDivisor, trunk } from './inference-graphs.ts';
import { binaryCrossEntropyLoss, deltasOfClass, smoothL1Loss, softmaxCrossEntropyLoss } from './losses.ts';
import { maskFeatures, maskLogitsOfClass } from './mask-head.ts';
import { roiFeatures } from './roi-features.ts';

/** The parts of a model as training runs them, with torchvision's losses; between them the host samples. */
export interface TrainingGraphs {
  /**
   * `image` `[N, 3, H, W]` → `p2`…`p5`, `objectness_*`, `deltas_*`, and from the inputs of {@link rpnTargetNames}
   * `loss_objectness` and `loss_rpn_box_reg`.
   */
  trunk: Graph;
  /**
   * `p2`…`p5` `[N, C, h, w]`, RoIs by level (`boxes_p2`, `batch_index_p2`, …) and their targets → `loss_classifier`,
   * `loss_box_reg`, and with a mask branch `loss_mask`, whose RoIs are `mask_boxes_p2`, …. Rows follow the levels.
   * Inputs besides: `labels` `[R]` int64; `box_rows` `[P]` int64, RoI · classes + label of positives; `box_targets`
   * and `box_weights` `[P, 4]`; `mask_labels` `[D]` int64; `mask_targets` `[D, M, M]`; `mask_weights` `[D, 1, 1]`.
   */
  heads: Graph;
  /**
   * Both in one: `image` and all targets → the outputs of the trunk and all losses. Split by `vjp` with the inputs
   * in {@link targets} as late ones, a step is two runs: the trunk forward, then everything else.
   */
  step: Graph;
  /** Names of all inputs of `step` but `image`. */
  targets: readonly string[];
}

/** torchvision's beta of both box losses. */
const smoothL1Beta = 1 / 9;

/**
 * Inputs of the trunk that say what the RPN should have found on a level. Objectness: `[N, A, h, w]`; deltas
 * `[N, 4·A, h, w]`; weights are 1/n for each of n sampled anchors (for deltas: each positive one), else 0.
 */
export function rpnTargetNames(level: (typeof rpnLevels)[number]) {
  return {
    objectness: `objectness_target_${level}`,
    objectnessWeights: `objectness_weight_${level}`,
    deltas: `deltas_target_${level}`,
    deltasWeights: `deltas_weight_${level}`,
  };
}

/**
 * Builds the graphs for batches of pictures padded to one size.
 * @param pictures In a batch. Where it is known to be 1, gradients of weights need fewer copies of feature maps.
 *   Default any number.
 */
export function trainingGraphs(config: ModelConfig, pictures: Dim = symbol('n')): TrainingGraphs {
  const step = stepGraph(config, pictures);
  return {
    trunk: trunkGraph(config, pictures),
    heads: headsGraph(config, pictures),
    step,
    targets: step.inputs.map(({ name }) => name).filter((name) => name !== 'image'),
  };
}

function stepGraph(config: ModelConfig, pictures: Dim): Graph {
  const g = new GraphBuilder('step');
  const outputs = trunk(g, imageInput(g, pictures), config);
  const { p2, p3, p4, p5 } = outputs;
  return g.build({
    ...outputs,
    ...rpnLosses(g, outputs),
    ...headLosses(g, { p2, p3, p4, p5 }, config),
  });
}

function trunkGraph(config: ModelConfig, pictures: Dim): Graph {
  const g = new GraphBuilder('trunk');
  const outputs = trunk(g, imageInput(g, pictures), config);
  return g.build({ ...outputs, ...rpnLosses(g, outputs) });
}

function headsGraph(config: ModelConfig, pictures: Dim): Graph {
  const g = new GraphBuilder('heads');
  return g.build(headLosses(g, pyramidInputs(g, config, pictures), config));
}

/** @param outputs `objectness_*` and `deltas_*` of the trunk. */
function rpnLosses(g: GraphBuilder, outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  const losses = rpnLevels.map((level) => {
    const [objectness, deltas] = [outputs[`objectness_${level}`], outputs[`deltas_${level}`]];
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

/** @param features P2…P5, `[N, C, h, w]`. */
function headLosses(g: GraphBuilder, features: Pyramid, config: ModelConfig): Record<string, Value> {
  const classes = classCount(config);
  const { head } = config.box;
  const { classLogits, boxDeltas } = boxHead(g, roiFeatures(g, features, head.pool), head, classes);
  const labels = g.input('labels', [classLogits.shape[0]], 'int64');
  const chosen = deltasOfClass(g, boxDeltas, g.input('box_rows', [symbol('positives')], 'int64'));
  const losses: Record<string, Value> = {
    loss_classifier: softmaxCrossEntropyLoss(g, classLogits, labels),
    loss_box_reg: smoothL1Loss(g, chosen, g.input('box_targets', chosen.shape), {
      beta: smoothL1Beta,
      weights: g.input('box_weights', chosen.shape),
    }),
  };
  if (config.mask) {
    const maps = maskFeatures(g, roiFeatures(g, features, config.mask.pool, 'mask_'), config.mask);
    const rois: Dim = maps.shape[0];
    const logits = maskLogitsOfClass(g, maps, g.input('mask_labels', [rois], 'int64'), classes);
    const targets = g.input('mask_targets', logits.shape);
    losses.loss_mask = binaryCrossEntropyLoss(g, logits, targets, g.input('mask_weights', [rois, 1, 1]));
  }
  return losses;
}

type Pyramid = Record<(typeof roiLevels)[number], Value>;

function imageInput(g: GraphBuilder, pictures: Dim): Value {
  return g.input('image', [pictures, 3, symbol('h', sizeDivisor), symbol('w', sizeDivisor)]);
}

function pyramidInputs(g: GraphBuilder, { fpn }: ModelConfig, pictures: Dim): Pyramid {
  const input = (level: (typeof roiLevels)[number]) => {
    const factor = sizeDivisor / fpnStrides[level];
    return g.input(level, [pictures, fpn.channels, symbol('h', factor), symbol('w', factor)]);
  };
  return { p2: input('p2'), p3: input('p3'), p4: input('p4'), p5: input('p5') };
}
