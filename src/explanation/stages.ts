import type { Grid, PlainBox, PlainPose, PlainRle } from './plain.ts';

/** Stage 1. */
export interface ExplainedInput {
  /** Size of the resized picture, without padding. */
  width: number;
  height: number;
  /** Size of the network's input, a multiple of 32. */
  paddedWidth: number;
  paddedHeight: number;
  /** Resized size divided by the original's, along x and y. */
  scale: [x: number, y: number];
  mean: [number, number, number];
  std: [number, number, number];
  /** Smallest and largest value of the normalised tensor, without padding. */
  range: [low: number, high: number];
}

/** Stage 2: one map that RoIs are pooled from. */
export interface FeatureLevel {
  /** `p2` …, `c4` or `c5` */
  level: string;
  /** Pixels of the resized picture for each feature pixel. */
  stride: number;
  channels: number;
  /** Mean over the channels of |activation|, four decimals. */
  strength: Grid;
}

/** Stage 3 on one level, and what stage 4 keeps of it. */
export interface RpnLevel {
  level: string;
  /** Pixels of the resized picture between locations. */
  stride: { x: number; y: number };
  /** `[A]` the anchor shapes, centred on the origin. */
  shapes: PlainBox[];
  /** The highest objectness (after the sigmoid) of the A anchors at each location, four decimals. */
  objectness: Grid;
  /** Number of boxes: the level's best anchors, those left after NMS, and those among the final proposals. */
  candidates: number;
  afterNms: number;
  selected: number;
}

/** Stage 4. */
export interface ExplainedProposals {
  /** Settings: anchors taken of each level, proposals of a picture, and the IoU above which NMS drops a box. */
  perLevel: number;
  limit: number;
  nmsThreshold: number;
  /** Moved and clipped, best first. */
  beforeNms: Proposal[];
  /** The proposals, which are pooled; best first. */
  selected: Proposal[];
  /** See `LevelChoice`; null where all are pooled from one map. */
  canonicalSize: number | null;
  /** For each map, how many of `selected` are pooled from it. */
  pooledFrom: { level: string; count: number }[];
}

/** A box that the RPN proposes. */
export interface Proposal {
  box: PlainBox;
  /** Objectness, 0…1. */
  score: number;
  /** The level of its anchor. */
  level: string;
}

/** Stages 7 to 9. */
export interface ExplainedDetections {
  scoreThreshold: number;
  nmsThreshold: number;
  /** What NMS divides the intersection of two boxes by: their union (IoU), or the smaller of them. */
  nmsOverlap: 'union' | 'smaller';
  limit: number;
  /** Pairs of proposal and class that score above the threshold, before NMS. */
  candidates: number;
  /** These pairs, moved by the class's deltas and clipped, best first. */
  beforeNms: Candidate[];
  /** Detections left after NMS and the limit. */
  selected: number;
  /** Whether scores are multiplied by the certainty of the masks. */
  rescored: boolean;
  /** Best first. */
  instances: ExplainedInstance[];
}

/** A proposal as one class moved it. */
export interface Candidate {
  box: PlainBox;
  score: number;
  /** Class index. */
  label: number;
  /** Position in `ExplainedProposals.selected`. */
  proposal: number;
}

/** One instance. */
export interface ExplainedInstance {
  /** Class index. */
  label: number;
  score: number;
  /** By the class and box branch, used in NMS; the same as `score` unless masks rescore the detections. */
  classScore: number;
  box: PlainBox;
  /** In pixels of the original. */
  originalBox: PlainBox;
  /** Over the original; null without a mask branch. */
  mask: PlainRle | null;
  /** Null without a keypoint branch. */
  pose: PlainPose | null;
}
