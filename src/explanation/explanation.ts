import type { Focus } from './focus.ts';
import type { ExplainedModel } from './model.ts';
import type {
  ExplainedDetections,
  ExplainedInput,
  ExplainedProposals,
  FeatureLevel,
  RpnLevel,
} from './stages.ts';
import type { AnchorSampling, Sampling } from './training.ts';

/**
 * The inputs and outputs of every stage of one prediction as plain data: numbers, strings, arrays. A round trip through
 * JSON keeps it unchanged. Boxes are x1, y1, x2, y2 (right and bottom exclusive) in pixels of the *resized* picture
 * unless a field says otherwise.
 */
export interface Explanation {
  model: ExplainedModel;
  /** Size of the upright original in pixels. */
  picture: { width: number; height: number };
  input: ExplainedInput;
  /** The maps from which RoIs are pooled: P2…P5, or the only one. */
  features: FeatureLevel[];
  rpn: { levels: RpnLevel[]; anchors: number; training: AnchorSampling };
  proposals: ExplainedProposals;
  detections: ExplainedDetections;
  /** Null where no annotations were given. */
  sampling: Sampling | null;
  /** The RoI that is followed through the branches; null where the RPN proposed nothing. */
  focus: Focus | null;
}
