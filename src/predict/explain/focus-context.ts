import type { ModelConfig } from '../../config/schema.ts';
import type { ExplainedInstance } from '../../explanation/stages.ts';
import type { Size } from '../../ops/boxes.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import type { Session } from '../../runtime/runtime.ts';
import type { StageRecords } from '../pipeline.ts';

/** The stages after the detections, which are missing where nothing was detected. */
type LateStage = 'masks' | 'heatMaps' | 'keypoints';

/** What was recorded of a prediction. */
export type Records = Omit<StageRecords, LateStage> & Partial<Pick<StageRecords, LateStage>>;

export interface FocusContext {
  records: Records;
  instances: readonly ExplainedInstance[];
  /** As the prediction used it. */
  config: ModelConfig;
  picture: Size;
  /** All channels of the mask branch; null without the branch. */
  maskLogits: Session | null;
  /** Annotated objects, boxes in pixels of the resized picture, masks of the original's size. */
  truth: GroundTruth | null;
}
