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
