import type { Operators } from './operators.ts';
import { type Candidates, takeCandidates } from './select-boxes.ts';

/** `rescoreByMasks` (model/instances.ts). @param masks `[D, h, w]` probabilities. */
export function rescoredByMasks(
  o: Operators,
  detections: Candidates,
  masks: string,
  scoreThreshold: number,
): { instances: Candidates; masks: string } {
  const inside = o.cast(o.greater(masks, 0.5), 'float32');
  const pixels = o.sum(inside, [1, 2]);
  const certainty = o.div(o.sum(o.mul(masks, inside), [1, 2]), o.max(pixels, 1));
  const scores = o.mul(detections.scores, certainty);
  const ranked = o.greatest(scores, null);
  // Sorted, so that those that are kept come first.
  const order = o.gather(ranked.indices, o.positions(o.greater(ranked.values, scoreThreshold)));
  return {
    instances: takeCandidates(o, { ...detections, scores }, order),
    masks: o.gather(masks, order),
  };
}
