import type { PlainBox } from './plain.ts';

/** The RoIs that training would sample from this picture's proposals and, as in training, its true boxes. */
export interface Sampling {
  /** Boxes of the annotated objects. */
  objects: PlainBox[];
  /** IoU at or above which a proposal counts as an object, and below which as background. */
  foreground: number;
  background: number;
  /** Maximum number of sampled boxes, and the fraction of them that may be objects. */
  batch: number;
  fraction: number;
  positives: PlainBox[];
  negatives: PlainBox[];
}

/**
 * The mask loss that training would compute for this RoI: the true mask is cropped by the proposal (not the final box)
 * and compared by cross-entropy with the branch's logits for the proposal.
 */
export interface TrainingView {
  /**
   * Where the true mask comes from: an annotation that the proposal overlaps enough; without one, the predicted mask
   * takes its place.
   */
  source: 'annotation' | 'prediction';
  /** IoU of the proposal with the annotated box that it overlaps most; null without annotations. */
  overlap: number | null;
  /** Class index of the target. */
  label: number;
  /** `[side · side]` 0…1 */
  target: number[];
  /** `[side · side]` for the proposal: the channel of that class. */
  logits: number[];
  /** Mean cross-entropy: binary, or with a softmax between the class and the background. */
  loss: number;
}

/** What a box was to be moved by, and what the model moved it by. */
export interface BoxRegression {
  /** dx, dy, dw, dh. */
  target: PlainBox;
  predicted: PlainBox;
  /** Smooth L1, summed over the four. */
  loss: number;
}

/** The losses of the RPN and of the class and box branch for the followed RoI alone, before averaging over a sample. */
export interface RoiLosses {
  /** The refined box and its class take the place of the truth where there are no annotations. */
  source: 'annotation' | 'prediction';
  rpn: {
    /** IoU of the anchor with the true box that it overlaps most. */
    overlap: number;
    /** Ignored anchors are not trained on: they are neither objects nor background. */
    role: 'positive' | 'negative' | 'ignored';
    /** Binary cross-entropy of the objectness; null if ignored. */
    objectness: number | null;
    /** Null unless positive. */
    box: BoxRegression | null;
  };
  box: {
    /** IoU of the proposal with the true box that it overlaps most. */
    overlap: number;
    /** Class index of the target; 0 for the background. */
    label: number;
    /** Cross-entropy: −log of the score for `label`. */
    classification: number;
    /** Null for the background. */
    box: BoxRegression | null;
  };
}

/** How training labels anchors and how many of them it samples. */
export interface AnchorSampling {
  /** IoU at or above which an anchor counts as an object, and below which as background. */
  foreground: number;
  background: number;
  /** Maximum number of sampled anchors, and the fraction of them that may be objects. */
  batch: number;
  fraction: number;
}
