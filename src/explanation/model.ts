/** The architecture of the model. */
export interface ExplainedModel {
  backbone: string;
  /**
   * The maps that RoIs are pooled from: a pyramid; a pyramid on the last two maps of MobileNetV3; C4, with the last stage
   * of the ResNet applied to the RoIs and shared by both branches; C5 at stride 32; or C5 at stride 16.
   */
  structure: 'fpn' | 'lastTwo' | 'c4' | 'c5' | 'dc5';
  /** Channels of these maps. */
  channels: number;
  /** Class index c is `classes[c]`; the first is the background. */
  classes: string[];
  /** How the class and box branch pools. */
  boxPool: PoolSettings;
  /** Output size of `res5` for a pooled RoI in structure `c4`, where the branches share it; null in the others. */
  shared: { side: number; channels: number } | null;
  /** Null in models without the branch. */
  mask: ExplainedMaskBranch | null;
  /** Number of keypoints that the keypoint branch finds; null in models without the branch. */
  keypoints: number | null;
}

/** The mask branch, in the names of the configuration. */
export interface ExplainedMaskBranch {
  pool: PoolSettings;
  /** Pixels along each side of a mask. */
  side: number;
  head: 'fcn' | 'mlp';
  /** Channels of the 3×3 convolutions of `fcn`, widths of the fully connected layers of `mlp`. */
  layers: number[];
  output: 'sigmoid' | 'softmax' | 'classAgnostic';
  paste: 'wholePixels' | 'exactBox';
}

export type PoolerName = 'roiAlign' | 'roiWarp' | 'roiPool' | 'roiPoolFloor';

/** How a branch pools, in the names of the configuration. */
export interface PoolSettings {
  kind: PoolerName;
  /** Bins along each side. */
  resolution: number;
  /** How `roiAlign` and `roiWarp` reduce the samples of a bin. */
  mode: 'avg' | 'max';
  /** Samples along each side of a bin; 0 means ⌈RoI size / resolution⌉. */
  samplingRatio: number;
  /** Whether the RoI is shifted by half a feature pixel. */
  aligned: boolean;
}
