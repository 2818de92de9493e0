import type { RpnConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { conv, extent } from './layers.ts';
import { scopes } from './weight-names.ts';

export interface RpnPrediction {
  /** `[N, A, h, w]` logits: whether there is an object at each anchor. */
  objectness: Value;
  /** `[N, 4·A, h, w]`: dx, dy, dw, dh for each anchor. */
  deltas: Value;
}

/** Names of the graphs' outputs for the RPN's prediction on a level. @param level As in `MapLevel`. */
export function rpnOutputNames(level: string): { objectness: string; deltas: string } {
  return { objectness: `objectness_${level}`, deltas: `deltas_${level}` };
}

/**
 * The head of the region proposal network (Ren et al. 2015), with the same weights on every level: 3×3 convolutions,
 * then two 1×1 predictors. Weights are named as in torchvision, `rpn.head.*`.
 */
export function rpnHead(g: GraphBuilder, features: Value, config: RpnConfig): RpnPrediction {
  const channels = extent(features, 1);
  const anchors = anchorsPerLocation(config);
  let x = features;
  for (let i = 0; i < config.convolutions; i++) {
    x = g.relu(conv(g, x, `${scopes.rpnConvolutions}.${i}.0`, { channels, kernel: 3 }));
  }
  return {
    objectness: conv(g, x, scopes.rpnObjectness, { channels: anchors, kernel: 1 }),
    deltas: conv(g, x, scopes.rpnDeltas, { channels: 4 * anchors, kernel: 1 }),
  };
}

/** A, the same on every level, since the levels share the predictors. */
function anchorsPerLocation({ anchors }: RpnConfig): number {
  return anchors.sizes[0].length * anchors.aspectRatios[0].length;
}
