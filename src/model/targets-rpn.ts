import type { RpnConfig, RpnTrainingConfig } from '../config/schema.ts';
import { joinFloats } from '../core/join-arrays.ts';
import type { Random } from '../core/random.ts';
import { anchorCount, anchorsAt } from '../ops/anchors.ts';
import { encodeBoxes } from '../ops/box-coding.ts';
import { type Size, takeBoxes } from '../ops/boxes.ts';
import type { GroundTruth } from '../ops/ground-truth.ts';
import { ambiguous, matchBoxes, unmatched } from '../ops/matcher.ts';
import { sampleBalanced } from '../ops/sampler.ts';
import { levelAnchors, rpnCodingWeights } from './rpn-anchors.ts';

/** The RPN's targets at the sampled anchors of one picture. */
export interface RpnTargets {
  /** Anchors with an object, ascending: positions in `allAnchors`. */
  readonly positive: Uint32Array;
  /** Anchors on the background. */
  readonly negative: Uint32Array;
  /** `[positive.length, 4]` the deltas from the positive anchors to their objects. */
  readonly deltas: Float32Array;
}

/**
 * The anchors of all levels, concatenated; in each level in the order row, column, shape.
 * @param grids Rows and columns of P2…P6.
 * @param padded The size of the network's input, which the anchors cover.
 * @returns `[N, 4]` in pixels of the resized picture.
 */
export function allAnchors(
  { anchors }: Pick<RpnConfig, 'anchors'>,
  grids: readonly { rows: number; columns: number }[],
  padded: Size,
): Float32Array {
  const levels = grids.map((extents, level) => {
    const grid = levelAnchors(anchors, level, extents, padded);
    return anchorsAt(
      grid,
      Uint32Array.from({ length: anchorCount(grid) }, (_, i) => i),
    );
  });
  return joinFloats(levels);
}

/**
 * In a picture whose annotations do not cover every category, an anchor with a logit above this (a probability above
 * one half) is no negative: the RPN itself takes it for an object, which may be an unannotated one.
 */
const maxNegativeLogit = 0;

/** The anchors of a picture and what the RPN says about them. */
export interface ScoredAnchors {
  /** `[N, 4]` */
  readonly boxes: Float32Array;
  /** `[N]` the logit of an anchor; called only for pictures with unknown classes. */
  objectness(anchor: number): number;
}

/**
 * Stage 5 for the RPN (Ren et al. 2015, section 3.1.2): anchors that overlap an object enough, or more than any other
 * anchor does, are positive; those that overlap no object are negative; a number of each is sampled (torchvision's
 * `assign_targets_to_anchors` and the sampling in `compute_loss`). In pictures with unknown classes, confident anchors
 * without an annotated object are left out, after the background recalibration of Zhang et al. 2020 ("Solving
 * Missing-Annotation Object Detection with Background Recalibration Loss"), which stops them from being pushed down.
 * @param truth Boxes in pixels of the resized picture, possibly none.
 */
export function rpnTargets(
  { boxes: anchors, objectness }: ScoredAnchors,
  truth: Pick<GroundTruth, 'boxes' | 'unknown'>,
  config: RpnTrainingConfig,
  random: Random,
): RpnTargets {
  const matches = matchBoxes(truth.boxes, anchors, {
    foreground: config.fgIouThresh,
    background: config.bgIouThresh,
    allowLowQuality: true,
  });
  const isPartial = truth.unknown !== undefined;
  const labels = matches.map((match, anchor) => {
    if (match !== unmatched) return match === ambiguous ? -1 : 1;
    return isPartial && objectness(anchor) > maxNegativeLogit ? -1 : 0;
  });
  const { positive, negative } = sampleBalanced(
    labels,
    { batchSize: config.batchSizePerImage, positiveFraction: config.positiveFraction },
    random,
  );
  const objects = positive.map((anchor) => matches[anchor]);
  const deltas = encodeBoxes(takeBoxes(truth.boxes, objects), takeBoxes(anchors, positive), rpnCodingWeights);
  return { positive, negative, deltas };
}
