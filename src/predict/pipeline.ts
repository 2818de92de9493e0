import type { ModelConfig } from '../config/schema.ts';
import { type Float32Tensor, float32Tensor, type Tensor } from '../core/tensor.ts';
import type { Picture } from '../image/picture.ts';
import { type PreparedPicture, preparePicture } from '../image/transform.ts';
import { backboneStride } from '../model/backbone.ts';
import { type BoxOutput, selectDetections } from '../model/detections.ts';
import { type Instances, rescoreByMasks, unchangedScores } from '../model/instances.ts';
import { type RpnLevelOutput, selectProposals } from '../model/proposals.ts';
import { roiInputNames } from '../model/roi-features.ts';
import { assignRois, type Levels, levelsOf } from '../model/structure.ts';
import { takeBoxes } from '../ops/boxes.ts';
import { type DecodedKeypoints, decodeKeypoints } from '../ops/keypoint-decoding.ts';
import type { ScoredBoxes } from '../ops/scored-boxes.ts';
import type { Session } from '../runtime/runtime.ts';

/** The compiled graphs of a model, named as in `InferenceGraphs`. */
export interface Sessions {
  proposals: Session;
  boxes: Session;
  masks: Session | null;
  keypoints: Session | null;
  /** Takes back the memory of a picture's maps for the next picture; nobody may read them afterwards. */
  reuse(pyramid: Pyramid): void;
}

/** The maps from which RoIs are pooled by name, `[1, C, h, w]`: P2…P5, or the only one of the structures without a pyramid. */
export type Pyramid = Readonly<Record<string, Float32Tensor>>;

/** What each stage hands to the next, in the order in which it is made. */
export interface StageRecords {
  input: PreparedPicture;
  pyramid: Pyramid;
  /** P2…P6, or the only level. */
  rpn: RpnLevelOutput[];
  /** Labels are levels, 0 for P2. */
  proposals: ScoredBoxes;
  boxOutput: BoxOutput;
  /** Labels are class indices; boxes in pixels of the resized picture. */
  detections: ScoredBoxes;
  /** The detections as the prediction gives them, to which the rows of all further records belong. */
  instances: Instances;
  /** `[D, 28, 28]` probabilities of the detected class; left out by a model without the branch. */
  masks: Float32Tensor;
  /** `[D, K, 56, 56]` logits; left out by a model without the branch. */
  heatMaps: Float32Tensor;
  /** In pixels of the resized picture; left out likewise. */
  keypoints: DecodedKeypoints;
}

/** Is shown every stage of a prediction, for explaining, comparing and timing. */
export type StageObserver = <Stage extends keyof StageRecords>(
  stage: Stage,
  record: StageRecords[Stage],
) => void;

export interface PipelineResult {
  input: PreparedPicture;
  pyramid: Pyramid;
  instances: Instances;
  /** Null where the model has no mask branch or nothing was detected. */
  masks: Float32Tensor | null;
  /** In pixels of the resized picture; null likewise. */
  keypoints: DecodedKeypoints | null;
}

/** The way of a picture through stages 1 to 8 of the design: graphs and, between them, choices of boxes. */
export async function runPipeline(
  picture: Picture,
  config: ModelConfig,
  sessions: Sessions,
  observe: StageObserver = () => {},
): Promise<PipelineResult> {
  const levels = levelsOf(config);
  const input = preparePicture(picture, config.preprocess, backboneStride);
  observe('input', input);

  const { pyramid, rpn } = await extractFeatures(sessions.proposals, input.tensor, levels);
  observe('pyramid', pyramid);
  observe('rpn', rpn);

  const [, , height, width] = input.tensor.shape;
  const proposals = selectProposals(rpn, config.rpn, { picture: input, padded: { height, width } });
  observe('proposals', proposals);

  const boxOutput = await classifyBoxes(sessions.boxes, { pyramid, levels }, proposals.boxes);
  observe('boxOutput', boxOutput);

  const detections = selectDetections(boxOutput, proposals.boxes, config.box, input);
  observe('detections', detections);

  const features = { pyramid, levels };
  const { instances, masks } = await maskDetections(sessions.masks, features, detections, config);
  observe('instances', instances);
  const result: PipelineResult = { input, pyramid, instances, masks, keypoints: null };
  if (masks) observe('masks', masks);
  if (sessions.keypoints && instances.scores.length > 0) {
    const heatMaps = await predictHeatMaps(sessions.keypoints, features, instances.boxes);
    observe('heatMaps', heatMaps);
    result.keypoints = decodeKeypoints(heatMaps, instances.boxes);
    observe('keypoints', result.keypoints);
  }
  return result;
}

/** Stage 8, and what the masks mean for the scores. */
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

/** The maps of a picture, and which they are. */
export interface Features {
  readonly pyramid: Pyramid;
  readonly levels: Levels;
}

/** Stages 2 and 3: backbone, FPN and the RPN's head. */
export async function extractFeatures(
  session: Session,
  image: Float32Tensor,
  { roi, rpn }: Levels,
): Promise<{ pyramid: Pyramid; rpn: RpnLevelOutput[] }> {
  const maps = (await session.run({ image })) as Record<string, Float32Tensor>;
  return {
    pyramid: Object.fromEntries(roi.map(({ name }) => [name, maps[name]])),
    rpn: rpn.map(({ name }) => ({ objectness: maps[`objectness_${name}`], deltas: maps[`deltas_${name}`] })),
  };
}

/** Stage 6: RoIAlign and the class and box branch. */
export async function classifyBoxes(
  session: Session,
  features: Features,
  proposals: Float32Array,
): Promise<BoxOutput> {
  const { roisAtOnce = Number.POSITIVE_INFINITY } = features.levels;
  const count = proposals.length / 4;
  if (count <= roisAtOnce) return classifySome(session, features, proposals);
  const parts: BoxOutput[] = [];
  for (let first = 0; first < count; first += roisAtOnce) {
    const some = proposals.subarray(4 * first, 4 * Math.min(first + roisAtOnce, count));
    parts.push(await classifySome(session, features, some));
  }
  return {
    scores: joinRows(parts.map(({ scores }) => scores)),
    deltas: joinRows(parts.map(({ deltas }) => deltas)),
  };
}

async function classifySome(
  session: Session,
  { pyramid, levels }: Features,
  proposals: Float32Array,
): Promise<BoxOutput> {
  const { inputs, order } = roisByLevel(proposals, levels);
  const { scores, deltas } = await session.run({ ...pyramid, ...inputs });
  return { scores: restoreRows(scores, order), deltas: restoreRows(deltas, order) };
}

/** Stage 8: RoIAlign on the detected boxes and the mask branch; gives the mask of the detected class alone. */
export async function predictMasks(
  session: Session,
  { pyramid, levels }: Features,
  detections: ScoredBoxes,
): Promise<Float32Tensor> {
  const { inputs, order } = roisByLevel(detections.boxes, levels);
  const data = BigInt64Array.from(order, (index) => BigInt(detections.labels[index]));
  const labels: Tensor = { dtype: 'int64', shape: [data.length], data };
  const { masks } = await session.run({ ...pyramid, ...inputs, labels });
  return restoreRows(masks, order);
}

/** Stage 8, beside the masks: RoIAlign on the detected boxes and the keypoint branch. */
export async function predictHeatMaps(
  session: Session,
  { pyramid, levels }: Features,
  boxes: Float32Array,
): Promise<Float32Tensor> {
  const { inputs, order } = roisByLevel(boxes, levels);
  const { heatMaps } = await session.run({ ...pyramid, ...inputs });
  return restoreRows(heatMaps, order);
}

/** Boxes as the graphs take them, level by level, and the original position of each row of their output. */
export function roisByLevel(
  boxes: Float32Array,
  levels: Levels,
): { inputs: Record<string, Tensor>; order: number[] } {
  const inputs: Record<string, Tensor> = {};
  const assigned = assignRois(boxes, levels);
  assigned.forEach((indices, i) => {
    const names = roiInputNames(levels.roi[i].name);
    inputs[names.boxes] = { dtype: 'float32', shape: [indices.length, 4], data: takeBoxes(boxes, indices) };
    inputs[names.batchIndex] = {
      dtype: 'int64',
      shape: [indices.length],
      data: new BigInt64Array(indices.length),
    };
  });
  return { inputs, order: assigned.flat() };
}

/** The rows of several matrices one after the other. */
function joinRows(parts: readonly Float32Tensor[]): Float32Tensor {
  const columns = parts[0].shape[1];
  const joined = new Float32Array(parts.reduce((sum, { data }) => sum + data.length, 0));
  let offset = 0;
  for (const { data } of parts) {
    joined.set(data, offset);
    offset += data.length;
  }
  return float32Tensor([joined.length / columns, columns], joined);
}

/** Puts row i of a tensor at position `order[i]`. */
function restoreRows(tensor: Tensor, order: readonly number[]): Float32Tensor {
  const data = tensor.data as Float32Array;
  const restored = new Float32Array(data.length);
  const rowSize = data.length / Math.max(order.length, 1);
  order.forEach((position, row) => {
    restored.set(data.subarray(row * rowSize, (row + 1) * rowSize), position * rowSize);
  });
  return { dtype: 'float32', shape: tensor.shape, data: restored };
}
