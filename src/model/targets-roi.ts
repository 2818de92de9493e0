import type { BoxConfig } from '../config/schema.ts';
import type { Random } from '../core/random.ts';
import { encodeBoxes } from '../ops/box-coding.ts';
import { boxCount, takeBoxes } from '../ops/boxes.ts';
import type { GroundTruth } from '../ops/ground-truth.ts';
import { matchBoxes, unmatched } from '../ops/matcher.ts';
import { sampleBalanced } from '../ops/sampler.ts';

/** The RoIs of one picture that the box and mask branches are trained on, and their targets. */
export interface RoiTargets {
  /** `[S, 4]` sampled proposals and true boxes, in pixels of the resized picture. */
  readonly boxes: Float32Array;
  /** `[S]` class indices; 0 is the background. */
  readonly labels: Int32Array;
  /** `[S, 4]` deltas of the labelled class, times the coding weights; 0 for the background. */
  readonly deltas: Float32Array;
  /** Positions of the RoIs with an object, in 0…S − 1, ascending. The mask branch is trained on those of them whose object has a mask. */
  readonly positive: Uint32Array;
  /** The object of each of `positive`: a position in the ground truth. */
  readonly objects: Uint32Array;
}

/**
 * Stage 5 for the heads (Girshick 2015, section 2.3): the true boxes are added to the proposals, each proposal gets the
 * class of the object that it matches, and at most a quarter of the sample has an object (torchvision's
 * `RoIHeads.select_training_samples`).
 * @param proposals `[R, 4]` in pixels of the resized picture.
 * @param truth Objects of the same picture, possibly none.
 */
export function roiTargets(
  proposals: Float32Array,
  truth: GroundTruth,
  { training, codingWeights }: BoxConfig,
  random: Random,
): RoiTargets {
  const candidates = new Float32Array(proposals.length + truth.boxes.length);
  candidates.set(proposals);
  candidates.set(truth.boxes, proposals.length);
  const matches = matchBoxes(truth.boxes, candidates, {
    foreground: training.fgIouThresh,
    background: training.bgIouThresh,
    allowLowQuality: false,
  });
  const labels = matches.map((match) => {
    if (match >= 0) return truth.labels[match];
    return match === unmatched ? 0 : -1;
  });
  const sample = sampleBalanced(
    labels,
    { batchSize: training.batchSizePerImage, positiveFraction: training.positiveFraction },
    random,
  );
  const chosen = Uint32Array.from([...sample.positive, ...sample.negative]).sort();
  return describeSample(candidates, { chosen, labels, matches }, truth, codingWeights);
}

function describeSample(
  candidates: Float32Array,
  { chosen, labels, matches }: { chosen: Uint32Array; labels: Int32Array; matches: Int32Array },
  truth: GroundTruth,
  codingWeights: BoxConfig['codingWeights'],
): RoiTargets {
  const boxes = takeBoxes(candidates, chosen);
  const positive: number[] = [];
  chosen.forEach((candidate, i) => {
    if (labels[candidate] > 0) positive.push(i);
  });
  const objects = Uint32Array.from(positive, (i) => matches[chosen[i]]);
  const positiveDeltas = encodeBoxes(
    takeBoxes(truth.boxes, objects),
    takeBoxes(boxes, positive),
    codingWeights,
  );
  const deltas = new Float32Array(boxCount(boxes) * 4);
  positive.forEach((i, row) => {
    deltas.set(positiveDeltas.subarray(4 * row, 4 * row + 4), 4 * i);
  });
  const sampledLabels = Int32Array.from(chosen, (candidate) => labels[candidate]);
  return { boxes, labels: sampledLabels, deltas, positive: Uint32Array.from(positive), objects };
}
