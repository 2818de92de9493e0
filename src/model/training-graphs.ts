import { classCount, type ModelConfig } from '../config/schema.ts';
import { scaleWeightsByBatchNorm } from '../graph/batch-norm.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { type Dim, symbol } from '../graph/dim.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { boxHead } from './box-head.ts';
import { fpn, fpnStrides, roiLevels, rpnLevels } from './fpn.ts';
import { sizeDivisor } from './inference-graphs.ts';
import { binaryCrossEntropyLoss, deltasOfClass, smoothL1Loss, softmaxCrossEntropyLoss } from './losses.ts';
import { maskFeatures, maskLogitsOfClass } from './mask-head.ts';
import { resnet } from './resnet.ts';
import { roiFeatures } from './roi-features.ts';
import { rpnHead } from './rpn-head.ts';

/** The parts of L = L_rpn + L_fast_rcnn + L_mask, by torchvision's names. */
export const lossNames = {
  trunk: ['loss_objectness', 'loss_rpn_box_reg'],
  boxes: ['loss_classifier', 'loss_box_reg'],
  masks: ['loss_mask'],
} as const;

/** The parts of a model with their losses; the host chooses and matches boxes between them. */
export interface TrainingGraphs {
  /**
   * `image` `[N, 3, H, W]` → `p2`…`p5`, `objectness_p2`…, `deltas_p2`…, and from the inputs that
   * `rpnTargetNames` names the losses of the RPN.
   */
  trunk: Graph;
  /**
   * `p2`…`p5` and RoIs by level, `labels` `[R]`, `rows` `[P]` (RoI · classes + label of those with an object),
   * `delta_targets` `[P, 4]`, `delta_weight` `[1, 1]` (1 / R) → the losses of classes and boxes.
   */
  boxes: Graph;
  /**
   * `p2`…`p5` and RoIs with an object by level, their `labels` `[P]`, `mask_targets` `[P, M, M]`, `mask_weight`
   * `[1, 1, 1]` (1 / P·M²) → the loss of the masks. Null without the branch.
   */
  masks: Graph | null;
}

/** Where the parabola of smooth L1 becomes a line, for the RPN and the heads, as in torchvision. */
const beta = 1 / 9;

/** Inputs of the trunk that say what the RPN should answer on a level; all have the shape of its outputs. */
export function rpnTargetNames(level: (typeof rpnLevels)[number]) {
  return {
    objectness: `objectness_targets_${level}`,
    objectnessWeights: `objectness_weights_${level}`,
    deltas: `delta_targets_${level}`,
    deltaWeights: `delta_weights_${level}`,
  };
}

/** Builds the training graphs of a model. Statistics of batch norms are constants. */
export function trainingGraphs(config: ModelConfig): TrainingGraphs {
  return {
    trunk: scaleWeightsByBatchNorm(trunkGraph(config)),
    boxes: scaleWeightsByBatchNorm(boxGraph(config)),
    masks: config.mask && scaleWeightsByBatchNorm(maskGraph(config, config.mask)),
  };
}

const pictures = () => symbol('n');

function trunkGraph(config: ModelConfig): Graph {
  const g = new GraphBuilder('trunk');
  const image = g.input('image', [pictures(), 3, symbol('h', sizeDivisor), symbol('w', sizeDivisor)]);
  const levels = fpn(g, resnet(g, image, config.backbone, 'backbone.body'), config.fpn, 'backbone.fpn');
  const outputs: Record<string, Value> = {};
  for (const level of roiLevels) outputs[level] = levels[level];
  const losses = rpnLevels.map((level) => {
    const { objectness, deltas } = rpnHead(g, levels[level], config.rpn);
    outputs[`objectness_${level}`] = objectness;
    outputs[`deltas_${level}`] = deltas;
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
        beta,
        weights: like(names.deltaWeights, deltas),
      }),
    };
  });
  const [objectnessLoss, deltaLoss] = lossNames.trunk;
  outputs[objectnessLoss] = losses.map(({ objectness }) => objectness).reduce((a, b) => g.add(a, b));
  outputs[deltaLoss] = losses.map(({ deltas }) => deltas).reduce((a, b) => g.add(a, b));
  return g.build(outputs);
}

function boxGraph(config: ModelConfig): Graph {
  const g = new GraphBuilder('boxes');
  const features = roiFeatures(g, pyramidInputs(g, config), config.box.head.pool);
  const { classLogits, boxDeltas } = boxHead(g, features, config.box.head, classCount(config));
  const labels = g.input('labels', [features.shape[0]], 'int64');
  const positives: Dim = symbol('positives');
  const chosen = deltasOfClass(g, boxDeltas, g.input('rows', [positives], 'int64'));
  const targets = g.input('delta_targets', [positives, 4]);
  const [classLoss, deltaLoss] = lossNames.boxes;
  return g.build({
    [classLoss]: softmaxCrossEntropyLoss(g, classLogits, labels),
    [deltaLoss]: smoothL1Loss(g, chosen, targets, { beta, weights: g.input('delta_weight', [1, 1]) }),
  });
}

function maskGraph(config: ModelConfig, mask: NonNullable<ModelConfig['mask']>): Graph {
  const g = new GraphBuilder('masks');
  const features = maskFeatures(g, roiFeatures(g, pyramidInputs(g, config), mask.pool), mask);
  const labels = g.input('labels', [features.shape[0]], 'int64');
  const logits = maskLogitsOfClass(g, features, labels, classCount(config));
  const targets = g.input('mask_targets', logits.shape);
  const [loss] = lossNames.masks;
  return g.build({ [loss]: binaryCrossEntropyLoss(g, logits, targets, g.input('mask_weight', [1, 1, 1])) });
}

/** The maps that the trunk left on the host. */
function pyramidInputs(g: GraphBuilder, { fpn }: Pick<ModelConfig, 'fpn'>) {
  const input = (level: (typeof roiLevels)[number]) => {
    const factor = sizeDivisor / fpnStrides[level];
    return g.input(level, [pictures(), fpn.channels, symbol('h', factor), symbol('w', factor)]);
  };
  return { p2: input('p2'), p3: input('p3'), p4: input('p4'), p5: input('p5') };
}
