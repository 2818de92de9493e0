import { type Float32Tensor, float32Tensor, sizeOf } from '../core/tensor.ts';
import { type ScoredBoxes, takeScored } from '../ops/scored-boxes.ts';
import { sortByScore } from '../ops/top-k.ts';

/** Detections with the scores that a prediction gives them, best first. Origins are positions among the proposals. */
export interface Instances extends ScoredBoxes {
  /** `[D]` by the class and box branch, used in NMS; the same as `scores` unless masks rescore the detections. */
  readonly classScores: Float32Array;
}

/** Detections that keep their scores. */
export function unchangedScores({ boxes, scores, labels, origins }: ScoredBoxes): Instances {
  return { boxes, scores, labels, origins, classScores: scores };
}

/**
 * Multiplies each detection's score by the certainty of its mask and sorts detections and masks by the new scores;
 * those that then score `scoreThreshold` or less are dropped.
 * @param masks `[D, h, w]` probabilities.
 */
export function rescoreByMasks(
  detections: ScoredBoxes,
  masks: Float32Tensor,
  scoreThreshold: number,
): { instances: Instances; masks: Float32Tensor } {
  const certainty = maskCertainty(masks);
  const scores = detections.scores.map((score, i) => score * certainty[i]);
  const order = sortByScore(scores).filter((i) => scores[i] > scoreThreshold);
  const classScores = Float32Array.from(order, (i) => detections.scores[i]);
  return {
    instances: { ...takeScored({ ...detections, scores }, order), classScores },
    masks: takeMasks(masks, order),
  };
}

/**
 * Mean probability of the pixels inside each mask, those above one half: near 1 where the outline is sharp (the maskness
 * of SOLO, Wang et al. 2020). 0 for a mask without pixels.
 */
function maskCertainty({ shape: [count, ...side], data }: Float32Tensor): Float32Array {
  const pixels = sizeOf(side);
  return Float32Array.from({ length: count }, (_, i) => {
    const inside = data.subarray(i * pixels, (i + 1) * pixels).filter((probability) => probability > 0.5);
    return inside.length > 0 ? inside.reduce((sum, probability) => sum + probability) / inside.length : 0;
  });
}

function takeMasks({ shape: [, ...side], data }: Float32Tensor, indices: Uint32Array): Float32Tensor {
  const pixels = sizeOf(side);
  const taken = new Float32Array(indices.length * pixels);
  indices.forEach((index, row) => {
    taken.set(data.subarray(index * pixels, (index + 1) * pixels), row * pixels);
  });
  return float32Tensor([indices.length, ...side], taken);
}
