import type { Grid, PlainBox, PlainRle } from './plain.ts';
import type { PooledRoi } from './pooling.ts';
import type { TrainingView } from './training.ts';

/**
 * The output of the mask branch for the refined box. Prediction runs the branch on detections alone; for any other
 * proposal this is what it would have predicted.
 */
export interface MaskFocus {
  /** The refined box as the mask branch pools it. */
  roi: PooledRoi;
  side: number;
  /** `[classes][side · side]`, the background's channel first, or one for all classes where masks are class-agnostic. */
  logits: number[][];
  /** Position in `logits` of the channel that the prediction took. */
  channel: number;
  /** `[side · side]` as used by the prediction: the sigmoid of that channel, or its softmax across all channels. */
  probabilities: number[];
  /**
   * The alternative, which the model was not trained for: a softmax across the classes (without background), or the
   * sigmoid. Null where there is one channel for all classes.
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

/** A mask resized to its box, before thresholding. */
export interface ResizedMask {
  /** Position of the first value. */
  x: number;
  y: number;
  /** Covered pixels inside the picture. */
  width: number;
  height: number;
  /** One value for every `step` pixels, along both axes. */
  step: number;
  grid: Grid;
}
