import type { MaskConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { conv, convNorm, extent } from './layers.ts';
import { scopes } from './weight-names.ts';

/**
 * The mask branch up to its predictor (He et al. 2017, Fig. 4 right): 3×3 convolutions at 14×14, then a 2×2 transposed
 * convolution to 28×28. The latter turns each pixel into a separate block of 2×2, so it is computed as a 1×1
 * convolution with four times the channels, which takes ONNX Runtime half the time. Pixels are put in raster order
 * ({@link inRasterOrder}) only after the pixel-wise predictor, which reduces 256 channels to one.
 * @param features `[D, C, 14, 14]`
 * @returns `[D, C', 4, 14·14]`: upper left, upper right, lower left, lower right pixel of each block.
 */
export function maskFeatures(g: GraphBuilder, features: Value, config: MaskConfig): Value {
  let x = features;
  config.convolutions.forEach((channels, i) => {
    const names = { conv: `${scopes.maskHead}.${i}.0`, norm: `${scopes.maskHead}.${i}.1` };
    x = g.relu(convNorm(g, x, names, { channels, kernel: 3, normalisation: config.norm }));
  });
  const [channels, height, width] = [1, 2, 3].map((axis) => extent(x, axis));
  const out = config.deconvolution;
  const name = scopes.maskDeconvolution;
  const weight = g.transpose(g.weight(`${name}.weight`, [channels, out, 2, 2]), [1, 2, 3, 0]);
  const bias = g.apply('expand', [g.reshape(g.weight(`${name}.bias`, [out]), [out, 1])], { shape: [out, 4] });
  const kernels = g.reshape(weight, [4 * out, channels, 1, 1]);
  const blocks = g.conv(x, kernels, g.reshape(bias, [4 * out]), { stride: 1, padding: 0, groups: 1 });
  return g.reshape(g.relu(blocks), ['rest', out, 4, height * width]);
}

/** Maps whose pixels are ordered block by block, `[…, 4, n·n]` as from `maskFeatures`, as `[D, K, 2n, 2n]`. */
function inRasterOrder(g: GraphBuilder, x: Value, channels: number): Value {
  const side = Math.sqrt(extent(x, x.shape.length - 1));
  const blocks = g.reshape(x, ['rest', channels, 2, 2, side, side]);
  return g.reshape(g.transpose(blocks, [0, 1, 4, 2, 5, 3]), ['rest', channels, 2 * side, 2 * side]);
}

/**
 * The logits of one class per RoI. The 1×1 predictor has a row of weights for each class, so selecting rows before the
 * product equals selecting channels after it, at a fraction of the work. This is where class and mask are decoupled:
 * the other classes do not contribute.
 * @param features As returned by `maskFeatures`.
 * @param labels `[D]` int64, the class of each RoI.
 * @returns `[D, 28, 28]`
 */
export function maskLogitsOfClass(g: GraphBuilder, features: Value, labels: Value, classes: number): Value {
  const [channels, corners, pixels] = [1, 2, 3].map((axis) => extent(features, axis));
  const name = scopes.maskLogits;
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
 * The logits of every class for each RoI, the background's channel first: a 1×1 convolution (torchvision
 * `mask_fcn_logits`). They are shown in explanations beside those of `maskLogitsOfClass`.
 * @param features As returned by `maskFeatures`.
 * @returns `[D, classes, 28, 28]`
 */
export function maskLogitsOfAll(g: GraphBuilder, features: Value, classes: number): Value {
  const name = scopes.maskLogits;
  return inRasterOrder(g, conv(g, features, name, { channels: classes, kernel: 1 }), classes);
}
