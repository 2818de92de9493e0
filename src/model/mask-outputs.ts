import type { MaskConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { extent } from './layers.ts';
import { binaryCrossEntropyLoss } from './losses.ts';
import { maskFeatures, maskLogitsOfAll, maskLogitsOfClass } from './mask-head.ts';
import { mlpMaskLogits } from './mask-mlp.ts';

/** The RoIs of the mask branch. */
export interface MaskRois {
  /** `[D, C, n, n]` pooled features. */
  pooled: Value;
  /** `[D]` int64: the detected class; in training the true one. */
  labels: Value;
}

/** The ground truth of the mask loss. */
export interface MaskTruth {
  /** `[D, side, side]` 0…1 */
  targets: Value;
  /** `[D, 1, 1]` 1 divided by the number of pixels of all RoIs. */
  weights: Value;
}

/**
 * The mask of each RoI's class: `[D, side, side]` in 0…1. With `softmax` it is the class's share of each pixel: above
 * the threshold of 0.5 the class has more than all others together.
 */
export function maskProbabilities(
  g: GraphBuilder,
  rois: MaskRois,
  config: MaskConfig,
  classes: number,
): Value {
  if (config.output !== 'softmax') return g.sigmoid(ownLogits(g, rois, config, classes));
  const shares = g.softmax(maskLogits(g, rois.pooled, config, classes), 1);
  return channelOf(g, shares, rois.labels);
}

/**
 * The loss of the mask branch: binary cross-entropy on a single channel (He et al. 2017, section 3), or with `softmax`
 * FCN's cross-entropy between the classes and the background, with soft targets for partly covered pixels.
 */
export function maskLoss(
  g: GraphBuilder,
  rois: MaskRois,
  { targets, weights }: MaskTruth,
  { config, classes }: { config: MaskConfig; classes: number },
): Value {
  if (config.output !== 'softmax') {
    return binaryCrossEntropyLoss(g, ownLogits(g, rois, config, classes), targets, weights);
  }
  const logits = maskLogits(g, rois.pooled, config, classes);
  const likelihoods = g.apply('logSoftmax', [logits], { axis: 1 });
  const ofClass = g.mul(channelOf(g, likelihoods, rois.labels), targets);
  const ofBackground = g.mul(firstChannel(g, likelihoods), g.affine(targets, -1, 1));
  const weighted = g.mul(g.add(ofClass, ofBackground), weights);
  return g.affine(g.reshape(g.reduceSum(weighted, [0, 1, 2]), []), -1);
}

/** `[D, side, side]`: the logits of the channel of the RoI's class. */
function ownLogits(
  g: GraphBuilder,
  { pooled, labels }: MaskRois,
  config: MaskConfig,
  classes: number,
): Value {
  if (config.output === 'classAgnostic') return firstChannel(g, maskLogits(g, pooled, config, classes));
  if (config.head === 'mlp') return channelOf(g, maskLogits(g, pooled, config, classes), labels);
  return maskLogitsOfClass(g, maskFeatures(g, pooled, config), labels, classes);
}

/** The logits of every channel, `[D, channels, side, side]`: one per class, or one for all classes. */
export function maskLogits(g: GraphBuilder, pooled: Value, config: MaskConfig, classes: number): Value {
  const channels = config.output === 'classAgnostic' ? 1 : classes;
  if (config.head === 'mlp') return mlpMaskLogits(g, pooled, config, channels);
  return maskLogitsOfAll(g, maskFeatures(g, pooled, config), channels);
}

/** `[D, K, h, w]` and `[D]` → `[D, h, w]` */
function channelOf(g: GraphBuilder, maps: Value, labels: Value): Value {
  const [classes, height, width] = [1, 2, 3].map((axis) => extent(maps, axis));
  const chosen = g.reshape(g.apply('oneHot', [labels], { depth: classes }), ['rest', classes, 1, 1]);
  return g.reshape(g.reduceSum(g.mul(maps, chosen), [1]), ['rest', height, width]);
}

function firstChannel(g: GraphBuilder, maps: Value): Value {
  const [height, width] = [2, 3].map((axis) => extent(maps, axis));
  return g.reshape(g.channels(maps, 0, 1), ['rest', height, width]);
}
