import type { ModelConfig } from '../../config/schema.ts';
import type { Explanation } from '../../explanation/explanation.ts';
import type { Focus } from '../../explanation/focus.ts';
import type { ExplainedDetections, ExplainedInstance } from '../../explanation/stages.ts';
import type { Picture } from '../../image/picture.ts';
import { selectDetections } from '../../model/detections.ts';
import { scaleBoxes } from '../../ops/boxes.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { pasters } from '../../ops/pasters.ts';
import type { Session } from '../../runtime/runtime.ts';
import { poseOf } from '../pose.ts';
import { explainFocus } from './focus.ts';
import type { FocusWish } from './focus-choice.ts';
import type { Records } from './focus-context.ts';
import { boxAt, plainPose, plainRle } from './plain.ts';
import { describeSampling, resizedTruth } from './sampling.ts';
import { describeFeatures, describeInput, describeModel, describeRpn } from './stages.ts';

/** Everything that is the same whichever RoI is followed. */
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

/** One prediction with what every stage saw: any number of RoIs can be followed without predicting again. */
export class RecordedPrediction {
  readonly #recording: Recording;
  readonly #truth: GroundTruth | null;
  readonly #detections: ExplainedDetections;

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
   * @throws UsageError where the wished one was not found.
   */
  follow(wish: FocusWish = {}): Promise<Focus | null> {
    const { instances } = this.#detections;
    return explainFocus({ ...this.#recording, instances, truth: this.#truth }, wish);
  }
}

function describeDetections(records: Records, config: ModelConfig, picture: Picture): ExplainedDetections {
  const { input, detections, instances, masks, keypoints, proposals, boxOutput } = records;
  const { keypoint } = config;
  const paste = pasters[config.mask?.paste ?? 'wholePixels'];
  const { scoreThreshold, nmsThreshold, nmsOverlap, detectionsPerImage } = config.box;
  const boxes = scaleBoxes(instances.boxes, { x: 1 / input.scaleX, y: 1 / input.scaleY });
  const pixels = masks ? masks.shape[1] * masks.shape[2] : 0;
  const explained = Array.from(instances.scores, (score, i): ExplainedInstance => {
    const originalBox = boxAt(boxes, i);
    const mask = masks?.data.subarray(i * pixels, (i + 1) * pixels);
    return {
      label: instances.labels[i],
      score,
      classScore: instances.classScores[i],
      box: boxAt(instances.boxes, i),
      originalBox,
      mask: mask ? plainRle(paste(mask, originalBox, picture)) : null,
      pose: keypoint && keypoints ? plainPose(poseOf(keypoints, i, keypoint, input)) : null,
    };
  });
  // An overlap of more than 2 does not exist: the same choice without NMS and without a limit.
  const all = { ...config.box, nmsThreshold: 2, detectionsPerImage: Number.POSITIVE_INFINITY };
  const candidates = selectDetections(boxOutput, proposals.boxes, all, input).scores.length;
  return {
    scoreThreshold,
    nmsThreshold,
    nmsOverlap,
    limit: detectionsPerImage,
    candidates,
    selected: detections.scores.length,
    rescored: config.mask?.rescore ?? false,
    instances: explained,
  };
}
