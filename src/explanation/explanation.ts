/**
 * What every stage of one prediction saw, as plain data: numbers, strings, arrays. It survives JSON. Boxes are
 * x1, y1, x2, y2 (right and bottom exclusive) in pixels of the *resized* picture unless a field says otherwise.
 */
export interface Explanation {
  model: ExplainedModel;
  /** Of the upright original in pixels. */
  picture: { width: number; height: number };
  input: ExplainedInput;
  /** The maps from which RoIs are pooled: P2…P5, or the only one. */
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
  /**
   * Where RoIs are pooled: from a pyramid; from one on the last two maps of MobileNetV3; from C4, both branches on the
   * last stage of the ResNet; or from C5 at stride 16.
   */
  structure: 'fpn' | 'lastTwo' | 'c4' | 'c5' | 'dc5';
  /** Of the maps from which RoIs are pooled. */
  channels: number;
  /** Class index c is `classes[c]`; the first is the background. */
  classes: string[];
  /** How the class and box branch pools. */
  boxPool: PoolSettings;
  /** What `res5`, which the branches share in structure `c4`, makes of a pooled RoI; null in the others. */
  shared: { side: number; channels: number } | null;
  /** Null in models without the branch. */
  mask: ExplainedMaskBranch | null;
  /** Joints that the keypoint branch finds; null in models without the branch. */
  joints: number | null;
}

/** The names are the configuration's. */
export interface ExplainedMaskBranch {
  pool: PoolSettings;
  /** Of the mask. */
  side: number;
  head: 'fcn' | 'mlp';
  /** Channels of the 3×3 convolutions of `fcn`, widths of the fully connected layers of `mlp`. */
  layers: number[];
  output: 'sigmoid' | 'softmax' | 'classAgnostic';
  paste: 'wholePixels' | 'exactBox';
}

export type PoolerName = 'roiAlign' | 'roiWarp' | 'roiPool' | 'roiPoolFloor';

/** How a branch pools, as the configuration says. */
export interface PoolSettings {
  kind: PoolerName;
  /** Bins along each side. */
  resolution: number;
  /** What a bin takes of its samples, with `roiAlign` and `roiWarp`. */
  mode: 'avg' | 'max';
  /** Samples along each side of a bin; 0 means ⌈RoI size / resolution⌉. */
  samplingRatio: number;
  /** Whether the RoI is shifted by half a feature pixel. */
  aligned: boolean;
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
  /** `p2` …, `c4` or `c5` */
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
  /** What is pooled, best first. */
  selected: Proposal[];
  /** See `LevelChoice`; null where all are pooled from one map. */
  canonicalSize: number | null;
  /** For each map, how many of `selected` are pooled from it. */
  pooledFrom: { level: string; count: number }[];
}

export interface Proposal {
  box: PlainBox;
  /** Objectness, 0…1. */
  score: number;
  /** The map whose anchor it was. */
  level: string;
}

export interface ExplainedDetections {
  scoreThreshold: number;
  nmsThreshold: number;
  /** What overlaps are a part of in NMS: the union of two boxes, or the smaller one. */
  nmsOverlap: 'union' | 'smaller';
  limit: number;
  /** Pairs of proposal and class that score more than the threshold, before NMS. */
  candidates: number;
  /** What NMS and the limit left. */
  selected: number;
  /** Whether scores are multiplied by the certainty of the masks. */
  rescored: boolean;
  /** Best first. */
  instances: ExplainedInstance[];
}

export interface ExplainedInstance {
  /** Class index. */
  label: number;
  score: number;
  /** What the class and box branch said, by which NMS chose; `score` is the same unless masks rescore it. */
  classScore: number;
  box: PlainBox;
  /** In pixels of the original. */
  originalBox: PlainBox;
  /** Over the original; null without a mask branch. */
  mask: PlainRle | null;
  /** Null without a keypoint branch. */
  pose: PlainPose | null;
}

/** Joints in pixels of the original, and the bones between them as positions in `joints`. */
export interface PlainPose {
  /** A score is a logit. */
  joints: { name: string; x: number; y: number; score: number }[];
  skeleton: [from: number, to: number][];
}

/**
 * What became of a proposal: an instance; nothing, since its best class scored too little; it gave way to an instance
 * in NMS; or it was left out by the limit on detections, for its size, or since its mask lowered its score too far.
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
  /** Null without a keypoint branch, and for a proposal that became no instance. */
  keypoints: KeypointFocus | null;
}

/** The anchor that became a proposal. */
export interface Anchor {
  box: PlainBox;
  logit: number;
  /** dx, dy, dw, dh. */
  deltas: [number, number, number, number];
}

/** An RoI on its map, what the model takes of one channel, and what the other poolers would. */
export interface PooledRoi {
  box: PlainBox;
  level: string;
  stride: number;
  /** Null where there is one map alone. */
  choice: LevelChoice | null;
  /** The box in feature pixels, not rounded. */
  onMap: PlainBox;
  /** As the model pools it. */
  pool: PoolSettings;
  /** The channel that varies most within the RoI. */
  channel: number;
  /** That channel around the RoI; its first value belongs to the feature pixel `origin`. */
  patch: { origin: { x: number; y: number }; grid: Grid };
  /** That channel by every pooler; the model's own is `poolings[pool.kind]`. */
  poolings: Poolings;
}

/** Why an RoI is pooled from its level. */
export interface LevelChoice {
  /** √area from which on a RoI is pooled from P4, in pixels of the resized picture; 224 in most models. */
  canonicalSize: number;
  /** 4 + log2(√area / canonicalSize), before rounding down and clamping. */
  exact: number;
}

/** Resolution, samples and `aligned` are those of the model in each. */
export interface Poolings extends Record<PoolerName, AnyPooling> {
  roiAlign: Pooling<SampledAxis>;
  /** The RoI rounded to whole feature pixels, then as RoIAlign. */
  roiWarp: Pooling<SampledAxis>;
  /** As it is implemented: bins may share pixels with their neighbours. */
  roiPool: Pooling<QuantisedAxis>;
  /** Rounded down, the remainder in no bin. */
  roiPoolFloor: Pooling<QuantisedAxis>;
}

export type AnyPooling = Pooling<SampledAxis> | Pooling<QuantisedAxis>;

export interface Pooling<Axis> {
  /** The RoI as it is taken, in feature pixels: rounded, or not. */
  region: PlainBox;
  x: Axis;
  y: Axis;
  /** What comes out. */
  values: Grid;
}

/** Bins and samples along one axis, in feature pixels, pixel centres at whole numbers; every x meets every y. */
export interface SampledAxis {
  /** Where the first bin begins. */
  start: number;
  binSize: number;
  samples: number[];
}

/** RoIPool along one axis: whole feature pixels. */
export interface QuantisedAxis {
  /** The RoI's first pixel, and the one after the last. */
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
  /** `[classes][side · side]`, the background's channel first, or one for all classes where masks are class-agnostic. */
  logits: number[][];
  /** Position in `logits` of what the prediction took. */
  channel: number;
  /** What the prediction used, `[side · side]`: sigmoid of that channel, or its share in a softmax of all. */
  probabilities: number[];
  /**
   * What the other one would have given, for which the model was not trained: a softmax across the classes (without
   * background), or the sigmoid. Null where there is one channel for all classes.
   */
  otherwise: number[] | null;
  /** The probabilities resized to the box, in pixels of the original. */
  resized: ResizedMask;
  /** The refined box in pixels of the original, and the mask over the original. */
  originalBox: PlainBox;
  pasted: PlainRle;
  /** Pixels of the pasted mask. */
  area: number;
  training: TrainingView;
}

/** The keypoint branch on the refined box; where the joints are is told by the instance's pose. */
export interface KeypointFocus {
  side: number;
  /** `[joints][side · side]` logits. */
  heatMaps: number[][];
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
 * What training would do with this RoI: the proposal (not the final box) crops the true mask, and cross-entropy
 * compares it with the logits that the branch gives for the proposal.
 */
export interface TrainingView {
  /**
   * Where the mask comes from: an annotation that the proposal overlaps enough, or, without one, the predicted
   * mask in its place.
   */
  source: 'annotation' | 'prediction';
  /** IoU of the proposal with the annotated box that it overlaps most; null without annotations. */
  overlap: number | null;
  /** The true class. */
  label: number;
  /** `[side · side]` 0…1 */
  target: number[];
  /** `[side · side]`, the channel that stands for that class, for the proposal. */
  logits: number[];
  /** Mean cross-entropy: binary, or with a softmax between the class and the background. */
  loss: number;
}
