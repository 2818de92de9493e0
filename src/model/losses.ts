import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { extent } from './layers.ts';

/*
 * The losses of L = L_rpn + L_fast_rcnn + L_mask as graphs that return scalars, shape `[]`. Samples are selected and
 * averaged by weights that the host sets: 1/n for each of n samples, 0 for all others. An empty sum is 0.
 */

/**
 * Σ weights · binary cross-entropy: the RPN's objectness (weights 1/n on the n sampled anchors of a map) and the
 * mask loss (He et al. 2017, section 3: the mean over the pixels of all positive RoIs, on the logits of
 * `maskLogitsOfClass`). torch `binary_cross_entropy_with_logits`.
 * @param logits Any shape.
 * @param targets 0…1, the same shape.
 * @param weights The same shape, or 1 along axes that share a weight.
 */
export function binaryCrossEntropyLoss(
  g: GraphBuilder,
  logits: Value,
  targets: Value,
  weights: Value,
): Value {
  return total(g, g.mul(g.apply('binaryCrossEntropy', [logits, targets], {}), weights));
}

/**
 * The mean over RoIs of −log softmax(logits)[label] (torch `cross_entropy`). Without RoIs it is 0 instead of NaN.
 *
 * With alternatives, the likelihood of a RoI is the sum over all classes that it may be: a RoI without an annotated
 * object is background or of a class that is unknown in its picture (Cermelli et al. 2020, "Modeling the Background",
 * equation 3). With S these classes, log Σ_S softmax(z) = log softmax(z)[l] − log softmax(z restricted to S)[l] for any
 * l in S. If S is the label alone, the second term is exactly 0, and so is its gradient.
 * @param logits `[R, classes]`
 * @param labels `[R]` int64, 0 for the background.
 * @param alternatives `[R, classes]`: 0 for the label and each class that the RoI may be instead, `excludedClass` for
 *   all others. Absent: every RoI is of its label.
 */
export function softmaxCrossEntropyLoss(
  g: GraphBuilder,
  logits: Value,
  labels: Value,
  alternatives?: Value,
): Value {
  const logSoftmax = (values: Value) => g.apply('logSoftmax', [values], { axis: 1 });
  const chosen = g.apply('oneHot', [labels], { depth: extent(logits, 1) });
  const all = logSoftmax(logits);
  const likelihoods = alternatives ? g.sub(all, logSoftmax(g.add(logits, alternatives))) : all;
  const likelihood = g.mul(likelihoods, chosen);
  const count = g.apply('clamp', [g.apply('countAlong', [logits], { axes: [0] })], { min: 1, max: Infinity });
  return total(g, g.mul(likelihood, g.affine(g.power(count, -1), -1)));
}

/** Added to the logit of a class that a RoI cannot be; its share in the softmax then underflows to 0. */
export const excludedClass = -1e6;

export interface SmoothL1Options {
  /** The threshold between the quadratic and the linear part; 1/9 in torchvision. */
  beta: number;
  /** The shape of the predictions, or 1 along axes that share a weight. */
  weights: Value;
}

/**
 * Σ weights · smooth L1 (Girshick 2015, equation 3; torch `smooth_l1_loss`): d²/2β for |d| < β, else |d| − β/2.
 * With c = d limited to ±β both are c·(d − c/2)/β.
 * @param predicted Any shape.
 * @param target The same shape.
 */
export function smoothL1Loss(
  g: GraphBuilder,
  predicted: Value,
  target: Value,
  { beta, weights }: SmoothL1Options,
): Value {
  const difference = g.sub(predicted, target);
  const limited = g.apply('clamp', [difference], { min: -beta, max: beta });
  const losses = g.mul(limited, g.sub(difference, g.affine(limited, 0.5)));
  return total(g, g.affine(g.mul(losses, weights), 1 / beta));
}

/**
 * The box deltas of the labelled class for a subset of RoIs. Other classes get no gradient.
 * @param deltas `[R, 4·classes]`
 * @param rows `[P]` int64, `RoI · classes + label` for each.
 * @returns `[P, 4]`
 */
export function deltasOfClass(g: GraphBuilder, deltas: Value, rows: Value): Value {
  return g.gatherRows(g.reshape(deltas, ['rest', 4]), rows);
}

/**
 * −Σ weights · log-likelihood of the truth, over many softmaxes in one tensor.
 * @param likelihoods Log-softmax, any shape.
 * @param positions `[V]` int64, positions of the truth in the flattened likelihoods.
 * @param weights `[V, 1]`
 */
export function chosenLikelihoodLoss(
  g: GraphBuilder,
  likelihoods: Value,
  positions: Value,
  weights: Value,
): Value {
  const chosen = g.gatherRows(g.reshape(likelihoods, ['rest', 1]), positions);
  return g.affine(total(g, g.mul(chosen, weights)), -1);
}

function total(g: GraphBuilder, values: Value): Value {
  return g.reshape(g.reduceSum(values, [...values.shape.keys()]), []);
}
