import type { ModelConfig } from '../config/schema.ts';
import type { Float32Tensor } from '../core/tensor.ts';
import type { Picture } from '../image/picture.ts';
import { type PreparedPicture, preparePicture } from '../image/transform.ts';
import { backboneStride } from '../model/backbone.ts';
import { type BoxOutput, type DetectionSettings, selectDetections } from '../model/detections.ts';
import { type Instances, rescoreByMasks, unchangedScores } from '../model/instances.ts';
import { type RpnLevelOutput, selectProposals } from '../model/proposals.ts';
import { levelsOf } from '../model/structure.ts';
import { type DecodedKeypoints, decodeKeypoints } from '../ops/keypoint-decoding.ts';
import type { ScoredBoxes, SelectedBoxes } from '../ops/scored-boxes.ts';
import type { Session } from '../runtime/runtime.ts';
import type { ChosenConfig } from './choices.ts';
import {
  classifyBoxes,
  extractFeatures,
  type Features,
  type Pyramid,
  predictHeatMaps,
  predictMasks,
  type Sessions,
} from './graph-stages.ts';

/** What each stage hands to the next, in the order in which it is made. */
export interface StageRecords {
  input: PreparedPicture;
  pyramid: Pyramid;
  /** P2…P6, or the only level. */
  rpn: RpnLevelOutput[];
  /** In pixels of the resized picture. Labels are levels, 0 for P2, origins the anchors of the level. */
  proposals: SelectedBoxes;
  boxOutput: BoxOutput;
  /** In pixels of the resized picture. Labels are class indices, origins positions among the proposals. */
  detections: SelectedBoxes;
  /** The detections as the prediction returns them; the rows of all further records are theirs. */
  instances: Instances;
  /** `[D, 28, 28]` probabilities of the detected class; absent without a mask branch or a detection. */
  masks: Float32Tensor;
  /** `[D, K, 56, 56]` logits; absent without a keypoint branch or a detection. */
  heatMaps: Float32Tensor;
  /** In pixels of the resized picture; absent without a keypoint branch or a detection. */
  keypoints: DecodedKeypoints;
}

/** Called with the record of every stage of a prediction: for explaining, comparing and timing. */
export type StageObserver = <Stage extends keyof StageRecords>(
  stage: Stage,
  record: StageRecords[Stage],
) => void;

/** An observer that also checks a signal: it throws the signal's reason after the stage in which it was aborted. */
export function watching(
  observe: StageObserver | undefined,
  signal: AbortSignal | undefined,
): StageObserver | undefined {
  if (!signal) return observe;
  return (stage, record) => {
    observe?.(stage, record);
    signal.throwIfAborted();
  };
}

export interface PipelineResult {
  input: PreparedPicture;
  pyramid: Pyramid;
  instances: Instances;
  /** Null where the model has no mask branch or nothing was detected. */
  masks: Float32Tensor | null;
  /** In pixels of the resized picture; null where the model has no keypoint branch or nothing was detected. */
  keypoints: DecodedKeypoints | null;
  /** Number of detections that the limit left out. */
  omitted: number;
}

/**
 * Stages 1 to 8: graphs and, between them, the selection of boxes on the host. The caller hands the maps back to
 * `sessions.reuse`; they are if it throws.
 */
export async function runPipeline(
  picture: Picture,
  config: ChosenConfig,
  sessions: Sessions,
  observe: StageObserver = () => {},
): Promise<PipelineResult> {
  const input = preparePicture(picture, config.preprocess, backboneStride);
  observe('input', input);

  const extracted = await extractFeatures(sessions.proposals, input.tensor, levelsOf(config));
  try {
    return await detect(input, extracted, config, sessions, observe);
  } catch (error) {
    sessions.reuse(extracted.pyramid);
    throw error;
  }
}

/** Stages 4 to 8. */
async function detect(
  input: PreparedPicture,
  { pyramid, rpn }: { pyramid: Pyramid; rpn: RpnLevelOutput[] },
  config: ChosenConfig,
  sessions: Sessions,
  observe: StageObserver,
): Promise<PipelineResult> {
  const levels = levelsOf(config);
  observe('pyramid', pyramid);
  observe('rpn', rpn);

  const [, , height, width] = input.tensor.shape;
  const proposals = selectProposals(rpn, config.rpn, { picture: input, padded: { height, width } });
  observe('proposals', proposals);

  const boxOutput = await classifyBoxes(sessions.boxes, { pyramid, levels }, proposals.boxes);
  observe('boxOutput', boxOutput);

  const detections = selectDetections(boxOutput, proposals.boxes, detectionSettings(config), input);
  observe('detections', detections);

  const features = { pyramid, levels };
  const { instances, masks } = await maskDetections(sessions.masks, features, detections, config);
  observe('instances', instances);
  const survivors = detections.survivors.reduce((sum, { scores }) => sum + scores.length, 0);
  const omitted = survivors - detections.scores.length;
  const result: PipelineResult = { input, pyramid, instances, masks, keypoints: null, omitted };
  if (masks) observe('masks', masks);
  if (sessions.keypoints && instances.scores.length > 0) {
    const heatMaps = await predictHeatMaps(sessions.keypoints, features, instances.boxes);
    observe('heatMaps', heatMaps);
    result.keypoints = decodeKeypoints(heatMaps, instances.boxes);
    observe('keypoints', result.keypoints);
  }
  return result;
}

function detectionSettings({ box, labels }: ChosenConfig): DetectionSettings {
  return { ...box, ...(labels && { labels }) };
}

/** Stage 8 for the masks, and scores multiplied by their certainty where the model does so. */
async function maskDetections(
  session: Session | null,
  features: Features,
  detections: ScoredBoxes,
  { box, mask }: ModelConfig,
): Promise<{ instances: Instances; masks: Float32Tensor | null }> {
  const instances = unchangedScores(detections);
  if (!session || detections.scores.length === 0) return { instances, masks: null };
  const masks = await predictMasks(session, features, detections);
  return mask?.rescore ? rescoreByMasks(detections, masks, box.scoreThreshold) : { instances, masks };
}
