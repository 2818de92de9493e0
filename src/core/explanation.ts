/**
 * What every stage of one prediction saw, as plain data: numbers, strings, arrays. It survives JSON. Boxes are
 * x1, y1, x2, y2 (right and bottom exclusive) in pixels of the *resized* picture unless a field says otherwise.
 */
export interface Explanation {
  model: ExplainedModel;
  /** Of the upright original in pixels. */
  picture: { width: number; height: number };
  input: ExplainedInput;
  /** P2…P5, from which RoIs are pooled. */
  features: FeatureLevel[];
  rpn: { levels: RpnLevel[]; anchors: number };
  proposals: ExplainedProposals;
  detections: ExplainedDetections;
  /** Null where no annotations were given. */
  sampling: Sampling | null;
  /** The RoI that is followed through the branches; null where the RPN proposed nothing. */
  focus: Focus | null;
}

export type PlainBox = [x1: number, y1: number, x2: number, y2: number];

/** Values on a grid, row-major. */
export interface Grid {
  rows: number;
  columns: number;
  values: number[];
}

/** A mask's runs as COCO counts them: down the columns, background first. */
export interface PlainRle {
  size: [height: number, width: number];
  counts: number[];
}

export interface ExplainedModel {
  backbone: string;
  /** Of the pyramid. */
  channels: number;
  /** Class index c is `classes[c]`; the first is the background. */
  classes: string[];
  /** Sides of what the two branches pool, and of the mask; null without a mask branch. */
  boxResolution: number;
  maskResolution: number | null;
  maskSide: number | null;
}

export interface ExplainedInput {
  /** Resized, without padding. */
  width: number;
  height: number;
  /** The network's input: multiples of 32. */
  paddedWidth: number;
  paddedHeight: number;
  /** Resized over original, along x and y. */
  scale: [x: number, y: number];
  mean: [number, number, number];
  std: [number, number, number];
  /** Smallest and largest value of the normalised tensor, without padding. */
  range: [low: number, high: number];
}

export interface FeatureLevel {
  /** `p2` … */
  level: string;
  /** Picture pixels for each feature pixel. */
  stride: number;
  channels: number;
  /** Mean over the channels of |activation|, four decimals. */
  strength: Grid;
}

export interface RpnLevel {
  level: string;
  /** Picture pixels between locations. */
  stride: { x: number; y: number };
  /** `[A]` anchors around the origin. */
  shapes: PlainBox[];
  /** The best objectness (after the sigmoid) of the A anchors at each location, four decimals. */
  objectness: Grid;
  /** How many proposals the level has: after the choice of its best anchors, after NMS, among the final ones. */
  candidates: number;
  afterNms: number;
  selected: number;
}

export interface ExplainedProposals {
  /** The settings: best anchors of a level, proposals of the picture, overlap from which NMS drops. */
  perLevel: number;
  limit: number;
  nmsThreshold: number;
  /** Moved and clipped, best first. */
  beforeNms: Proposal[];
  /** What goes to RoIAlign, best first. */
  selected: Proposal[];
  /** See `PooledRoi`. */
  canonicalSize: number;
  /** For P2…P5, how many of `selected` are pooled from it. */
  pooledFrom: { level: string; count: number }[];
}

export interface Proposal {
  box: PlainBox;
  /** Objectness, 0…1. */
  score: number;
  /** The pyramid level whose anchor it was. */
  level: string;
}

export interface ExplainedDetections {
  scoreThreshold: number;
  nmsThreshold: number;
  limit: number;
  /** Pairs of proposal and class that score more than the threshold, before NMS. */
  candidates: number;
  /** Best first. */
  instances: ExplainedInstance[];
}

export interface ExplainedInstance {
  /** Class index. */
  label: number;
  score: number;
  box: PlainBox;
  /** In pixels of the original. */
  originalBox: PlainBox;
  /** Over the original; null without a mask branch. */
  mask: PlainRle | null;
}

/**
 * What became of a proposal: an instance; nothing, since its best class scored too little; it gave way to an instance
 * in NMS; or it was left out by the limit on detections or for its size.
 */
export type ProposalFate = 'instance' | 'background' | 'suppressed' | 'dropped';

/** One RoI, followed from its anchor to its mask. */
export interface Focus {
  /** Position in `detections.instances`; null where the proposal became none. */
  instance: number | null;
  fate: ProposalFate;
  /** Position of the instance that it gave way to in NMS; null unless that is its fate. */
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
  /** Overlap of the proposal with the box. */
  iou: number;
  /** Proposals whose refined box of this class scored enough but gave way to this one in NMS, best first. */
  rivals: { proposal: PlainBox; box: PlainBox; score: number }[];
  /** The proposal as the class and box branch pools it. */
  boxRoi: PooledRoi;
  mask: MaskFocus | null;
}

/** The anchor that became a proposal. */
export interface Anchor {
  box: PlainBox;
  logit: number;
  /** dx, dy, dw, dh. */
  deltas: [number, number, number, number];
}

/** An RoI on its level: RoIAlign's samples, RoIPool's bins, and what both make of one channel. */
export interface PooledRoi {
  box: PlainBox;
  level: string;
  stride: number;
  /** √area from which on a RoI is pooled from P4, in pixels of the resized picture; 224 in most models. */
  canonicalSize: number;
  /** 4 + log2(√area / canonicalSize), before rounding down and clamping. */
  exactLevel: number;
  /** The box in feature pixels, not rounded. */
  onMap: PlainBox;
  resolution: number;
  samplingRatio: number;
  aligned: boolean;
  /** Of a bin, in feature pixels. */
  binSize: { x: number; y: number };
  /** Positions of the samples in feature pixels, pixel centres at whole numbers; every x meets every y. */
  samples: { x: number[]; y: number[] };
  /** The channel that varies most within the RoI. */
  channel: number;
  /** That channel around the RoI; its first value belongs to the feature pixel `origin`. */
  patch: { origin: { x: number; y: number }; grid: Grid };
  /** RoIAlign of the channel: mean of bilinear samples. */
  aligned2d: Grid;
  /** RoIPool of the channel with unequal bins: largest value. */
  pooled2d: Grid;
  /** RoIPool's bins along both axes, in its two forms. */
  unequal: { x: QuantisedAxis; y: QuantisedAxis };
  dropping: { x: QuantisedAxis; y: QuantisedAxis };
}

/** RoIPool along one axis: whole feature pixels. */
export interface QuantisedAxis {
  /** The RoI, both ends rounded down (the end at least one past the start). */
  start: number;
  end: number;
  /** `[resolution]` first pixel and the one after the last. */
  bins: [from: number, to: number][];
  /** Pixels of the RoI in no bin. */
  dropped: number;
}

/**
 * The mask branch on the refined box. Prediction runs it for detections alone; for a proposal that became none it
 * shows what the branch would have said.
 */
export interface MaskFocus {
  /** The refined box as the mask branch pools it. */
  roi: PooledRoi;
  side: number;
  /** `[classes][side · side]`, the background's channel first, which nobody trains or reads. */
  logits: number[][];
  /** What the prediction used: sigmoid of the detected class' logits, `[side · side]`. */
  probabilities: number[];
  /** What a softmax across the classes (without background) would have given the detected class. */
  softmax: number[];
  /** Pixels of the `side · side` above the threshold, each way. */
  foreground: { sigmoid: number; softmax: number };
  /** The probabilities resized to the box, in pixels of the original. */
  resized: ResizedMask;
  /** The refined box in pixels of the original, and the mask over the original. */
  originalBox: PlainBox;
  pasted: PlainRle;
  /** Pixels of the pasted mask. */
  area: number;
  training: TrainingView;
}

export interface ResizedMask {
  /** Left, top of the first value. */
  x: number;
  y: number;
  /** Covered pixels; parts outside the picture are left away. */
  width: number;
  height: number;
  /** One value for every `step` pixels, both ways. */
  step: number;
  grid: Grid;
}

/** What training would sample from this picture's proposals. True boxes join the proposals, as in training. */
export interface Sampling {
  /** The annotated objects. */
  objects: PlainBox[];
  /** IoU from which on a proposal is an object, and below which it is background. */
  foreground: number;
  background: number;
  /** Boxes sampled at most, and the part of them that may be objects. */
  batch: number;
  fraction: number;
  positives: PlainBox[];
  negatives: PlainBox[];
}

/**
 * What training would do with this RoI: the proposal (not the final box) crops the true mask, and binary
 * cross-entropy compares it with the logits that the branch gives for the proposal.
 */
export interface TrainingView {
  /**
   * Where the mask comes from: an annotation that the proposal overlaps enough, or, without one, the predicted
   * mask in its place.
   */
  source: 'annotation' | 'prediction';
  /** IoU of the proposal with the annotated box that it overlaps most; null without annotations. */
  overlap: number | null;
  /** The class whose channel is compared: the true one. */
  label: number;
  /** `[side · side]` 0…1 */
  target: number[];
  /** `[side · side]`, channel of that class, for the proposal. */
  logits: number[];
  /** Mean binary cross-entropy. */
  loss: number;
}
