import type { MaskConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { extent, linear } from './layers.ts';
import { scopes } from './weight-names.ts';

/**
 * The mask branch as fully connected layers, without the spatial correspondence of convolutions (He et al. 2017, Table
 * 2e), for comparison with the FCN. Weights are named `roi_heads.mask_head.fc1`, `fc2`, … and
 * `roi_heads.mask_predictor.mask_fc_logits`.
 * @param pooled `[D, C, n, n]`
 * @param channels Masks per RoI.
 * @returns `[D, channels, 2·n, 2·n]`
 */
export function mlpMaskLogits(
  g: GraphBuilder,
  pooled: Value,
  { fullyConnected }: MaskConfig,
  channels: number,
): Value {
  const resolution = extent(pooled, 2);
  const side = 2 * resolution;
  let x = g.reshape(pooled, ['rest', extent(pooled, 1) * resolution ** 2]);
  fullyConnected.forEach((features, i) => {
    x = g.relu(linear(g, x, `${scopes.maskHead}.fc${i + 1}`, features));
  });
  const logits = linear(g, x, scopes.mlpMaskLogits, channels * side * side);
  return g.reshape(logits, ['rest', channels, side, side]);
}
