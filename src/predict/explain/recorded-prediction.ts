import type { ModelConfig } from '../../config/schema.ts';
import { checkOptions } from '../../core/options.ts';
import type { Explanation } from '../../explanation/explanation.ts';
import type { Focus } from '../../explanation/focus.ts';
import type { ExplainedDetections, ExplainedInstance } from '../../explanation/stages.ts';
import type { Picture } from '../../image/picture.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import type { Session } from '../../runtime/runtime.ts';
import { explainFocus } from './focus.ts';
import type { FocusWish } from './focus-choice.ts';
import type { Records } from './focus-context.ts';
import { describeSampling, resizedTruth } from './sampling.ts';
import { describeDetections, describeFeatures, describeInput, describeModel, describeRpn } from './stages.ts';

/** The part of an explanation that does not depend on the followed RoI. */
export type ExplainedStages = Omit<Explanation, 'focus'>;

export interface Recording {
  /** As the prediction used it. */
  config: ModelConfig;
  records: Records;
  picture: Picture;
  /** All channels of the mask branch; null without the branch. */
  maskLogits: Session | null;
  /** The annotated objects, in pixels of the original. */
  truth?: GroundTruth | undefined;
}

/** One prediction with the records of every stage: any number of RoIs can be followed without predicting again. */
export class RecordedPrediction {
  readonly #recording: Recording;
  readonly #truth: GroundTruth | null;
  readonly #detections: ExplainedDetections;

  /** @internal Called by `Explainer.record`. */
  constructor(recording: Recording) {
    const { records, config, picture, truth } = recording;
    const { scaleX: x, scaleY: y } = records.input;
    this.#recording = recording;
    this.#truth = truth ? resizedTruth(truth, { x, y }) : null;
    this.#detections = describeDetections(records, config, picture);
  }

  /** Best first. */
  get instances(): readonly ExplainedInstance[] {
    return this.#detections.instances;
  }

  stages(): ExplainedStages {
    const { records, config, picture } = this.#recording;
    return {
      model: describeModel(config, records.pyramid),
      picture: { width: picture.width, height: picture.height },
      input: describeInput(records.input, config),
      features: describeFeatures(records.pyramid, config),
      ...describeRpn(records, config),
      detections: this.#detections,
      sampling: this.#truth && describeSampling(records.proposals.boxes, this.#truth, config.box),
    };
  }

  /**
   * Follows one RoI through both branches.
   * @returns Null where the RPN proposed nothing.
   * @throws UsageError where the requested one does not exist, or the explainer was disposed.
   */
  async follow(wish: FocusWish = {}): Promise<Focus | null> {
    checkOptions('follow', wish, { instance: true, proposal: true });
    const { instances } = this.#detections;
    return explainFocus({ ...this.#recording, instances, truth: this.#truth }, wish);
  }
}
