import type { MaskConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { conv, convNorm, extent } from './layers.ts';

/**
 * The mask branch up to its predictor (He et al. 2017, Fig. 4 right): 3×3 convolutions at 14×14, then a 2×2 transposed
 * convolution to 28×28. That one makes of each pixel a block of 2×2 on its own, so it is a 1×1 convolution with four
 * times the channels, which ONNX Runtime does in half the time; the pixels stay in the order of {@link inRasterOrder}
 * until the predictor, which takes each pixel for itself, has left one channel of 256.
 * @param features `[D, C, 14, 14]`
 * @returns `[D, C', 4, 14·14]`: upper left, upper right, lower left, lower right pixel of each block.
 */
export function maskFeatures(g: GraphBuilder, features: Value, config: MaskConfig): Value {
  const scope = 'roi_heads.mask_head';
  let x = features;
  config.convolutions.forEach((channels, i) => {
    const names = { conv: `${scope}.${i}.0`, norm: `${scope}.${i}.1` };
    x = g.relu(convNorm(g, x, names, { channels, kernel: 3, normalisation: config.norm }));
  });
  const [channels, height, width] = [1, 2, 3].map((axis) => extent(x, axis));
  const out = config.deconvolution;
  const name = 'roi_heads.mask_predictor.conv5_mask';
  const weight = g.transpose(g.weight(`${name}.weight`, [channels, out, 2, 2]), [1, 2, 3, 0]);
  const bias = g.apply('expand', [g.reshape(g.weight(`${name}.bias`, [out]), [out, 1])], { shape: [out, 4] });
  const kernels = g.reshape(weight, [4 * out, channels, 1, 1]);
  const blocks = g.conv(x, kernels, g.reshape(bias, [4 * out]), { stride: 1, padding: 0, groups: 1 });
  return g.reshape(g.relu(blocks), ['rest', out, 4, height * width]);
}

/** Maps whose pixels lie block by block, `[…, 4, n·n]` with the numbers of `maskFeatures`, as `[D, K, 2n, 2n]`. */
function inRasterOrder(g: GraphBuilder, x: Value, channels: number): Value {
  const side = Math.sqrt(extent(x, x.shape.length - 1));
  const blocks = g.reshape(x, ['rest', channels, 2, 2, side, side]);
  return g.reshape(g.transpose(blocks, [0, 1, 4, 2, 5, 3]), ['rest', channels, 2 * side, 2 * side]);
}

/**
 * The logits of one class for each RoI, and of no other: the 1×1 predictor has a row of weights for each
 * class, so choosing rows before the product is choosing channels after it, at a fraction of the work.
 * This is where class and mask are decoupled: the other classes do not take part.
 * @param features As `maskFeatures` gives them.
 * @param labels `[D]` int64, the class of each RoI.
 * @returns `[D, 28, 28]`
 */
export function maskLogitsOfClass(g: GraphBuilder, features: Value, labels: Value, classes: number): Value {
  const [channels, corners, pixels] = [1, 2, 3].map((axis) => extent(features, axis));
  const name = 'roi_heads.mask_predictor.mask_fcn_logits';
  const weight = g.weight(`${name}.weight`, [classes, channels, 1, 1]);
  const bias = g.weight(`${name}.bias`, [classes]);
  const rows = g.reshape(g.gatherRows(weight, labels), ['rest', 1, channels]);
  const columns = g.reshape(features, ['rest', channels, corners * pixels]);
  const offsets = g.reshape(g.gatherRows(bias, labels), ['rest', 1, 1]);
  const logits = g.reshape(g.add(g.matmul(rows, columns), offsets), ['rest', 1, corners, pixels]);
  const raster = inRasterOrder(g, logits, 1);
  return g.reshape(raster, ['rest', extent(raster, 2), extent(raster, 3)]);
}

/**
 * The logits of every class for each RoI, the background's channel first: what the mask branch could say, to be
 * shown beside what `maskLogitsOfClass` makes of it. A 1×1 convolution (torchvision `mask_fcn_logits`).
 * @param features As `maskFeatures` gives them.
 * @returns `[D, classes, 28, 28]`
 */
export function maskLogitsOfAll(g: GraphBuilder, features: Value, classes: number): Value {
  const name = 'roi_heads.mask_predictor.mask_fcn_logits';
  return inRasterOrder(g, conv(g, features, name, { channels: classes, kernel: 1 }), classes);
}
