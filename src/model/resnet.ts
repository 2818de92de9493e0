import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import type { BackboneMaps } from './backbone-maps.ts';
import { convNorm } from './layers.ts';
import { type ResNetConfig, residualStage } from './residual-stage.ts';

/** Scopes of the stages' weights, from the last to the stem, as torchvision's `trainable_layers` counts them. */
export const resnetStages = [['layer4'], ['layer3'], ['layer2'], ['layer1'], ['conv1', 'bn1']] as const;

/**
 * A residual network (He et al. 2016) as torchvision builds it: the stride of a bottleneck is in its 3×3
 * convolution, unless the configuration says otherwise. Weights are named `prefix.conv1.weight`,
 * `prefix.layer1.0.bn1.weight`, ….
 * @param image `[N, 3, H, W]`, H and W multiples of 32.
 */
export function resnet(g: GraphBuilder, image: Value, config: ResNetConfig, prefix: string): BackboneMaps {
  const maps = resnetToC4(g, image, config, prefix);
  return { ...maps, c5: residualStage(g, maps.c4, { config, prefix, index: 4, stride: 2 }) };
}

/** The same without its last stage, which structure `c4` applies to the RoIs. */
export function resnetToC4(
  g: GraphBuilder,
  image: Value,
  config: ResNetConfig,
  prefix: string,
): Omit<BackboneMaps, 'c5'> {
  const pooled = resnetStem(g, image, config, prefix);
  const c2 = residualStage(g, pooled, { config, prefix, index: 1, stride: 1 });
  const c3 = residualStage(g, c2, { config, prefix, index: 2, stride: 2 });
  return { c2, c3, c4: residualStage(g, c3, { config, prefix, index: 3, stride: 2 }) };
}

/** What comes before the stages: a 7×7 convolution and a maximum, each with stride 2. */
export function resnetStem(g: GraphBuilder, image: Value, config: ResNetConfig, prefix: string): Value {
  const names = { conv: `${prefix}.conv1`, norm: `${prefix}.bn1` };
  const options = { channels: config.width, kernel: 7, stride: 2, normalisation: config.norm };
  const stem = g.relu(convNorm(g, image, names, options));
  return g.maxPool(stem, { kernel: 3, stride: 2, padding: 1 });
}
