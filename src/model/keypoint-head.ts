import type { KeypointConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { conv, extent } from './layers.ts';
import { chosenLikelihoodLoss } from './losses.ts';
import { scopes } from './weight-names.ts';

/** Scale from the pooled RoI to the heat maps: a transposed convolution and an upsampling, 2 each. */
const enlargement = 4;

/** Cells along each side of the heat maps. */
export function heatMapSide({ pool }: Pick<KeypointConfig, 'pool'>): number {
  return enlargement * pool.resolution;
}

/**
 * The keypoint branch (He et al. 2017, section 5): eight 3×3 convolutions at 14×14, a 4×4 transposed convolution to
 * 28×28 and bilinear upsampling to 56×56, with one map per keypoint. Weights are named as in torchvision's
 * `KeypointRCNNHeads`, whose ReLUs are numbered too, and `KeypointRCNNPredictor`.
 * @param pooled `[D, C, 14, 14]`
 * @returns `[D, K, 56, 56]` logits; the softmax over a keypoint's map is the distribution of its location.
 */
export function keypointLogits(g: GraphBuilder, pooled: Value, config: KeypointConfig): Value {
  let x = pooled;
  config.convolutions.forEach((channels, i) => {
    x = g.relu(conv(g, x, `${scopes.keypointHead}.${2 * i}`, { channels, kernel: 3 }));
  });
  const joints = config.names.length;
  const weight = g.weight(`${scopes.keypointLogits}.weight`, [extent(x, 1), joints, 4, 4]);
  const bias = g.weight(`${scopes.keypointLogits}.bias`, [joints]);
  const geometry = { stride: 2, padding: 1, groups: 1, outputPadding: [0, 0] } as const;
  return g.upsampleBilinear(g.apply('convTranspose', [x, weight, bias], geometry), 2);
}

/**
 * Cross-entropy between a keypoint's map and the cell of its true location, averaged over all keypoints that are labelled and
 * inside their RoI (torchvision `keypointrcnn_loss`).
 * @param logits `[D, K, S, S]`
 * @param cells `[V]` int64, positions in the flattened logits, one per keypoint.
 * @param weights `[V, 1]`, 1/V.
 */
export function keypointLoss(g: GraphBuilder, logits: Value, cells: Value, weights: Value): Value {
  const [joints, side] = [extent(logits, 1), extent(logits, 2)];
  const maps = g.reshape(logits, ['rest', joints, side * side]);
  return chosenLikelihoodLoss(g, g.apply('logSoftmax', [maps], { axis: 2 }), cells, weights);
}
