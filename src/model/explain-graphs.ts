import { classCount, type ModelConfig } from '../config/schema.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import { maskRoiFeatures } from './branches.ts';
import { maskLogits } from './mask-outputs.ts';
import { mapInputs } from './structure.ts';

/**
 * The mask branch with all its channels: `p2`…`p5` and RoIs by level → `logits` `[D, classes, 28, 28]`, with one
 * channel where masks are class-agnostic; null without the branch. Prediction never needs the other classes, so this
 * graph is compiled only for explanations.
 */
export function maskLogitsGraph({ mask, ...config }: ModelConfig): Graph | null {
  if (!mask) return null;
  const g = new GraphBuilder('maskLogits');
  const pooled = maskRoiFeatures(g, mapInputs(g, { ...config, mask }), { ...config, mask });
  return g.build({ logits: maskLogits(g, pooled, mask, classCount(config)) });
}
