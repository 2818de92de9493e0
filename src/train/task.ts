import type { ModelConfig, PreprocessConfig } from '../config/schema.ts';
import type { SemanticConfig } from '../config/semantic.ts';
import type { Batch } from '../data/load/batch.ts';
import type { CompileOptions, ModelWeights } from './part.ts';
import type { StepResult } from './step-result.ts';

/** All that a task is made from, as plain data. */
export interface TaskSpec {
  readonly config: ModelConfig | SemanticConfig;
  /** Stages of the backbone that learn, 0…5. */
  readonly trainableStages: number;
}

/** What is trained: all in which a run that trains a detector differs from one that trains FCN. */
export interface TrainingTask {
  /** What `makeTask` makes the same task from. */
  readonly spec: TaskSpec;
  /** How pictures are prepared. */
  readonly preprocess: PreprocessConfig;
  /** Which joint each becomes in a mirror image; null where no joints are learnt. */
  readonly mirrored: readonly number[] | null;
  /** Those of a model's weights that a run changes, by name. */
  trainable(names: Iterable<string>): Set<string>;
  /** Makes the network ready. Its weights are fed at every run and change in place. */
  compile(weights: ModelWeights, options: CompileOptions): Promise<TrainingStep>;
}

/** A network that is ready for the batches of a run. */
export interface TrainingStep {
  /**
   * Losses and gradients of a batch; the weights are not changed.
   * @param seed What a run draws comes from it.
   */
  run(batch: Batch, seed: number): Promise<StepResult>;
  release(): Promise<void>;
}
