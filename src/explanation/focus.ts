import type { MaskFocus } from './mask-focus.ts';
import type { PlainBox } from './plain.ts';
import type { PooledRoi } from './pooling.ts';
import type { Proposal } from './stages.ts';
import type { RoiLosses } from './training.ts';

/** One RoI, followed from its anchor to its mask. */
export interface Focus {
  /** Position in `detections.instances`; null where the proposal became none. */
  instance: number | null;
  fate: ProposalFate;
  /** Position of the instance that suppressed it in NMS; null unless that is its fate. */
  suppressedBy: number | null;
  /** The class whose box and mask are shown. */
  label: number;
  proposal: Proposal & {
    /** Position in `proposals.selected`. */
    rank: number;
    anchor: Anchor;
  };
  /** `[classes]` probabilities, the background first. */
  classScores: number[];
  /** The box branch's raw output for `label`: dx, dy, dw, dh. */
  deltas: [number, number, number, number];
  codingWeights: [number, number, number, number];
  /** After refinement and clipping. */
  box: PlainBox;
  /** IoU of the proposal and the box. */
  iou: number;
  /** Proposals whose refined box of this class scored above the threshold but overlaps this one too much, best first. */
  rivals: { proposal: PlainBox; box: PlainBox; score: number }[];
  /** The proposal as the class and box branch pools it. */
  boxRoi: PooledRoi;
  mask: MaskFocus | null;
  /** Null where there is no true object, or it has no area. */
  losses: RoiLosses | null;
  /** Null without a keypoint branch, and for a proposal that became no instance. */
  keypoints: KeypointFocus | null;
}

/**
 * What became of a proposal: an instance; background, which scored higher than all classes; below the score threshold,
 * though its best class scored higher than the background; suppressed in NMS by an instance; detected, but its mask lowered
 * its score too far; or dropped by the limit on detections, for its size, or in NMS by a detection that is no instance.
 */
export type ProposalFate =
  | 'instance'
  | 'background'
  | 'belowThreshold'
  | 'suppressed'
  | 'rescored'
  | 'dropped';

/** The anchor that became a proposal. */
export interface Anchor {
  box: PlainBox;
  logit: number;
  /** dx, dy, dw, dh. */
  deltas: [number, number, number, number];
}

/** The output of the keypoint branch for the refined box; the keypoints' positions are in the instance's `pose`. */
export interface KeypointFocus {
  side: number;
  /** `[keypoints][side · side]` logits. */
  heatMaps: number[][];
}
