import type { ModelConfig } from '../../config/schema.ts';
import type { ExplainedInstance } from '../../explanation/stages.ts';
import type { Size } from '../../ops/boxes.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import type { Session } from '../../runtime/runtime.ts';
import type { StageRecords } from '../pipeline.ts';

/** Stages that do not run where nothing was detected, or the model has no such branch. */
type LateStage = 'masks' | 'heatMaps' | 'keypoints';

/** The stage records of one prediction. */
export type Records = Omit<StageRecords, LateStage> & Partial<Pick<StageRecords, LateStage>>;

/** What following an RoI needs. */
export interface FocusContext {
  records: Records;
  instances: readonly ExplainedInstance[];
  /** With the score threshold of the prediction. */
  config: ModelConfig;
  picture: Size;
  /** All channels of the mask branch; null without the branch. */
  maskLogits: Session | null;
  /** Annotated objects, boxes in pixels of the resized picture, masks of the original's size. */
  truth: GroundTruth | null;
}
