import type { BoxHeadConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { convNorm, extent, linear } from './layers.ts';
import { scopes } from './weight-names.ts';

export interface BoxPrediction {
  /** `[R, classes]`, the background first. */
  classLogits: Value;
  /** `[R, 4·classes]`: dx, dy, dw, dh for each class. */
  boxDeltas: Value;
}

/**
 * The class and box branch: two fully connected layers, or the v2 recipe's convolutions and one fully connected layer.
 * Weights are named as in torchvision's `TwoMLPHead` (`fc6`, `fc7`), `FastRCNNConvFCHead` (numbered) and
 * `FastRCNNPredictor`.
 * @param features `[R, C, 7, 7]`
 */
export function boxHead(
  g: GraphBuilder,
  features: Value,
  config: BoxHeadConfig,
  classes: number,
): BoxPrediction {
  let x = features;
  config.convolutions.forEach((channels, i) => {
    const names = { conv: `${scopes.boxHead}.${i}.0`, norm: `${scopes.boxHead}.${i}.1` };
    x = g.relu(convNorm(g, x, names, { channels, kernel: 3, normalisation: config.norm }));
  });
  const { resolution } = config.pool;
  x = g.reshape(x, ['rest', extent(x, 1) * resolution * resolution]);

  // In the numbered form the flattening is numbered (1), and so is the ReLU after each layer (2).
  const layerName = (i: number) =>
    config.convolutions.length === 0 ? `fc${6 + i}` : String(config.convolutions.length + 1 + 2 * i);
  config.fullyConnected.forEach((features, i) => {
    x = g.relu(linear(g, x, `${scopes.boxHead}.${layerName(i)}`, features));
  });
  return boxPredictor(g, x, classes);
}

/**
 * The two predictors, torchvision's `FastRCNNPredictor`.
 * @param x `[R, features]`
 */
export function boxPredictor(g: GraphBuilder, x: Value, classes: number): BoxPrediction {
  return {
    classLogits: linear(g, x, scopes.classLogits, classes),
    boxDeltas: linear(g, x, scopes.boxDeltas, 4 * classes),
  };
}
