import { classCount, type ModelConfig } from '../config/schema.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import { pyramidInputs } from './inference-graphs.ts';
import { maskFeatures, maskLogitsOfAll } from './mask-head.ts';
import { roiFeatures } from './roi-features.ts';

/**
 * The mask branch with all its channels: `p2`…`p5` and RoIs by level → `logits` `[D, classes, 28, 28]`; null
 * without the branch. Prediction never needs the other classes, so this graph is compiled for explaining alone.
 */
export function maskLogitsGraph({ mask, ...config }: ModelConfig): Graph | null {
  if (!mask) return null;
  const g = new GraphBuilder('maskLogits');
  const features = maskFeatures(g, roiFeatures(g, pyramidInputs(g, config), mask.pool), mask);
  return g.build({ logits: maskLogitsOfAll(g, features, classCount(config)) });
}
