import type { RpnConfig, RpnTrainingConfig } from '../config/schema.ts';
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
  const all = new Float32Array(levels.reduce((total, level) => total + level.length, 0));
  let offset = 0;
  for (const level of levels) {
    all.set(level, offset);
    offset += level.length;
  }
  return all;
}

/**
 * Stage 5 for the RPN (Ren et al. 2015, section 3.1.2): anchors that overlap an object enough, or more than any other
 * anchor does, are positive; those that overlap no object are negative; a number of each is sampled (torchvision's
 * `assign_targets_to_anchors` and the sampling in `compute_loss`).
 * @param anchors `[N, 4]`
 * @param truth Boxes in pixels of the resized picture, possibly none.
 */
export function rpnTargets(
  anchors: Float32Array,
  truth: Pick<GroundTruth, 'boxes'>,
  config: RpnTrainingConfig,
  random: Random,
): RpnTargets {
  const matches = matchBoxes(truth.boxes, anchors, {
    foreground: config.fgIouThresh,
    background: config.bgIouThresh,
    allowLowQuality: true,
  });
  const labels = matches.map((match) => (match === ambiguous ? -1 : match === unmatched ? 0 : 1));
  const { positive, negative } = sampleBalanced(
    labels,
    { batchSize: config.batchSizePerImage, positiveFraction: config.positiveFraction },
    random,
  );
  const objects = positive.map((anchor) => matches[anchor]);
  const deltas = encodeBoxes(takeBoxes(truth.boxes, objects), takeBoxes(anchors, positive), rpnCodingWeights);
  return { positive, negative, deltas };
}
