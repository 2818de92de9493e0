import type { MaskConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { conv, convNorm, extent } from './layers.ts';

/**
 * The mask branch up to its predictor (He et al. 2017, Fig. 4 right): 3×3 convolutions at 14×14, then a
 * 2×2 transposed convolution to 28×28.
 * @param features `[D, C, 14, 14]`
 * @returns `[D, C', 28, 28]`
 */
export function maskFeatures(g: GraphBuilder, features: Value, config: MaskConfig): Value {
  const scope = 'roi_heads.mask_head';
  let x = features;
  config.convolutions.forEach((channels, i) => {
    const names = { conv: `${scope}.${i}.0`, norm: `${scope}.${i}.1` };
    x = g.relu(convNorm(g, x, names, { channels, kernel: 3, normalisation: config.norm }));
  });
  const name = 'roi_heads.mask_predictor.conv5_mask';
  const weight = g.weight(`${name}.weight`, [extent(x, 1), config.deconvolution, 2, 2]);
  return g.relu(g.convTranspose(x, weight, g.weight(`${name}.bias`, [config.deconvolution]), 2));
}

/**
 * The logits of one class for each RoI, and of no other: the 1×1 predictor has a row of weights for each
 * class, so choosing rows before the product is choosing channels after it, at a fraction of the work.
 * This is where class and mask are decoupled: the other classes do not take part.
 * @param features `[D, C', 28, 28]`
 * @param labels `[D]` int64, the class of each RoI.
 * @returns `[D, 28, 28]`
 */
export function maskLogitsOfClass(g: GraphBuilder, features: Value, labels: Value, classes: number): Value {
  const channels = extent(features, 1);
  const [height, width] = [extent(features, 2), extent(features, 3)];
  const name = 'roi_heads.mask_predictor.mask_fcn_logits';
  const weight = g.weight(`${name}.weight`, [classes, channels, 1, 1]);
  const bias = g.weight(`${name}.bias`, [classes]);
  const rows = g.reshape(g.gatherRows(weight, labels), ['rest', 1, channels]);
  const pixels = g.reshape(features, ['rest', channels, height * width]);
  const offsets = g.reshape(g.gatherRows(bias, labels), ['rest', 1, 1]);
  return g.reshape(g.add(g.matmul(rows, pixels), offsets), ['rest', height, width]);
}

/**
 * The logits of every class for each RoI, the background's channel first: what the mask branch could say, to be
 * shown beside what `maskLogitsOfClass` makes of it. A 1×1 convolution (torchvision `mask_fcn_logits`).
 * @param features `[D, C', 28, 28]`
 * @returns `[D, classes, 28, 28]`
 */
export function maskLogitsOfAll(g: GraphBuilder, features: Value, classes: number): Value {
  const name = 'roi_heads.mask_predictor.mask_fcn_logits';
  return conv(g, features, name, { channels: classes, kernel: 1 });
}
