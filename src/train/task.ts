import type { AnyModelConfig } from '../config/any-config.ts';
import type { PreprocessConfig } from '../config/schema.ts';
import type { Batch } from '../data/load/batch.ts';
import type { CompileOptions, ModelWeights } from './part.ts';
import type { StepResult } from './step-result.ts';

/** The specification of a task, as plain data that can be sent to a thread. */
export interface TaskSpec {
  readonly config: AnyModelConfig;
  /** Stages of the backbone that are trained, 0…5. */
  readonly trainableStages: number;
  /** Whether some pictures do not annotate every category (`GroundTruth.unknown`). */
  readonly partial: boolean;
}

/** The parts of a training run that differ between detectors and FCN. */
export interface TrainingTask {
  /** `makeTask` makes the same task from it. */
  readonly spec: TaskSpec;
  /** How pictures are prepared. */
  readonly preprocess: PreprocessConfig;
  /** Height and width of the network's input are multiples of this. */
  readonly sizeDivisor: number;
  /** The keypoint that each becomes in a mirror image; null where no keypoints are learned. */
  readonly mirrored: readonly number[] | null;
  /** The names of the weights that a run changes. */
  trainable(names: Iterable<string>): Set<string>;
  /** Makes the network ready. Its weights are fed at every run and change in place. */
  compile(weights: ModelWeights, options: CompileOptions): Promise<TrainingStep>;
}

/** A network that is ready for the batches of a run. */
export interface TrainingStep {
  /**
   * Losses and gradients of a batch; the weights are not changed.
   * @param seed Seeds all random sampling of the run.
   */
  run(batch: Batch, seed: number): Promise<StepResult>;
  release(): Promise<void>;
}
