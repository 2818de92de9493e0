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

/** Builds the graphs for batches of any number of pictures, padded to one size. */
export function trainingGraphs(config: ModelConfig): TrainingGraphs {
  return { trunk: trunkGraph(config), heads: headsGraph(config) };
}

function trunkGraph(config: ModelConfig): Graph {
  const g = new GraphBuilder('trunk');
  const image = g.input('image', [batch, 3, symbol('h', sizeDivisor), symbol('w', sizeDivisor)]);
  const outputs = trunk(g, image, config);
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
  return g.build({
    ...outputs,
    loss_objectness: sum(losses.map(({ objectness }) => objectness)),
    loss_rpn_box_reg: sum(losses.map(({ deltas }) => deltas)),
  });
}

function headsGraph(config: ModelConfig): Graph {
  const g = new GraphBuilder('heads');
  const features = pyramid(g, config);
  const classes = classCount(config);
  const { classLogits, boxDeltas } = boxHead(
    g,
    roiFeatures(g, features, config.box.head.pool),
    config.box.head,
    classes,
  );
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
    const pooled = roiFeatures(g, features, config.mask.pool, 'mask_');
    const maps = maskFeatures(g, pooled, config.mask);
    const rois: Dim = maps.shape[0];
    const logits = maskLogitsOfClass(g, maps, g.input('mask_labels', [rois], 'int64'), classes);
    const targets = g.input('mask_targets', logits.shape);
    losses.loss_mask = binaryCrossEntropyLoss(g, logits, targets, g.input('mask_weights', [rois, 1, 1]));
  }
  return g.build(losses);
}

function pyramid(g: GraphBuilder, { fpn }: ModelConfig) {
  const input = (level: (typeof roiLevels)[number]) => {
    const factor = sizeDivisor / fpnStrides[level];
    return g.input(level, [batch, fpn.channels, symbol('h', factor), symbol('w', factor)]);
  };
  return { p2: input('p2'), p3: input('p3'), p4: input('p4'), p5: input('p5') };
}

/** Pictures in a batch. */
const batch = symbol('n');
