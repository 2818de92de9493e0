import { joinFloats } from '../core/join-arrays.ts';
import { type Float32Tensor, float32Tensor, type Tensor } from '../core/tensor.ts';
import type { BoxOutput } from '../model/detections.ts';
import { type RpnLevelOutput, rpnOutputs } from '../model/proposals.ts';
import { roiInputNames } from '../model/roi-features.ts';
import { assignRois, type Levels } from '../model/structure.ts';
import { takeBoxes } from '../ops/boxes.ts';
import type { ScoredBoxes } from '../ops/scored-boxes.ts';
import type { Session } from '../runtime/runtime.ts';

/** The compiled graphs of a model, named as in `InferenceGraphs`. */
export interface Sessions {
  proposals: Session;
  boxes: Session;
  masks: Session | null;
  keypoints: Session | null;
  /** Releases the memory of a picture's maps, for the next picture; they must not be read afterwards. */
  reuse(pyramid: Pyramid): void;
}

/** The maps from which RoIs are pooled by name, `[1, C, h, w]`: P2…P5, or the only one of the other structures. */
export type Pyramid = Readonly<Record<string, Float32Tensor>>;

/** The maps of a picture, and the levels that they belong to. */
export interface Features {
  readonly pyramid: Pyramid;
  readonly levels: Levels;
}

/** Stages 2 and 3: backbone, FPN and RPN head. */
export async function extractFeatures(
  session: Session,
  image: Float32Tensor,
  levels: Levels,
): Promise<{ pyramid: Pyramid; rpn: RpnLevelOutput[] }> {
  const maps = (await session.run({ image })) as Record<string, Float32Tensor>;
  return {
    pyramid: Object.fromEntries(levels.roi.map(({ name }) => [name, maps[name]])),
    rpn: rpnOutputs(maps, levels),
  };
}

/** RoIs per run of a branch, times their channels: limits its memory. More runs with fewer would take longer. */
const channelsAtOnce = { boxes: 1 << 16, detections: 1 << 12 };
const leastAtOnce = 16;

/** The most RoIs per run; all of them where a second run would save little. */
function roisAtOnce(branch: keyof typeof channelsAtOnce, { pyramid }: Features, boxes: Float32Array): number {
  const [{ shape }] = Object.values(pyramid);
  const most = Math.max(leastAtOnce, Math.floor(channelsAtOnce[branch] / shape[1]));
  const count = boxes.length / 4;
  return count <= 2 * most ? count : most;
}

/**
 * Stage 6: RoIAlign and the class and box branch.
 * @param proposals `[R, 4]` in pixels of the resized picture.
 */
export function classifyBoxes(
  session: Session,
  features: Features,
  proposals: Float32Array,
): Promise<BoxOutput> {
  const { pyramid, levels } = features;
  return byParts(proposals, levels.roisAtOnce ?? roisAtOnce('boxes', features, proposals), async (part) => {
    const { inputs, order } = roisByLevel(part, levels);
    const { scores, deltas } = await session.run({ ...pyramid, ...inputs });
    return { scores: restoreRows(scores, order), deltas: restoreRows(deltas, order) };
  });
}

/**
 * Stage 8: RoIAlign on the detected boxes and the mask branch.
 * @returns `[D, 28, 28]` probabilities of the detected class alone.
 */
export async function predictMasks(
  session: Session,
  features: Features,
  detections: Pick<ScoredBoxes, 'boxes' | 'labels'>,
): Promise<Float32Tensor> {
  const { pyramid, levels } = features;
  const { masks } = await byParts(
    detections.boxes,
    roisAtOnce('detections', features, detections.boxes),
    async (part, first) => {
      const { inputs, order } = roisByLevel(part, levels);
      const data = BigInt64Array.from(order, (index) => BigInt(detections.labels[first + index]));
      const labels: Tensor = { dtype: 'int64', shape: [data.length], data };
      const { masks } = await session.run({ ...pyramid, ...inputs, labels });
      return { masks: restoreRows(masks, order) };
    },
  );
  return masks;
}

/**
 * Stage 8: RoIAlign on the detected boxes and the keypoint branch.
 * @returns `[D, K, 56, 56]` logits.
 */
export async function predictHeatMaps(
  session: Session,
  features: Features,
  boxes: Float32Array,
): Promise<Float32Tensor> {
  const { pyramid, levels } = features;
  const { heatMaps } = await byParts(boxes, roisAtOnce('detections', features, boxes), async (part) => {
    const { inputs, order } = roisByLevel(part, levels);
    const { heatMaps } = await session.run({ ...pyramid, ...inputs });
    return { heatMaps: restoreRows(heatMaps, order) };
  });
  return heatMaps;
}

/**
 * Runs a branch on some boxes at a time, which limits its memory.
 * @param atOnce At most.
 * @param run Takes some of the boxes, and the position of the first among all.
 * @returns Its outputs, with the rows of all boxes.
 */
async function byParts<Outputs extends { [Name in keyof Outputs]: Float32Tensor }>(
  boxes: Float32Array,
  atOnce: number,
  run: (part: Float32Array, first: number) => Promise<Outputs>,
): Promise<Outputs> {
  const count = boxes.length / 4;
  if (count <= atOnce) return run(boxes, 0);
  const each = Math.ceil(count / Math.ceil(count / atOnce));
  const parts: Outputs[] = [];
  for (let first = 0; first < count; first += each)
    parts.push(await run(boxes.subarray(4 * first, 4 * (first + each)), first));
  const names = Object.keys(parts[0]) as (keyof Outputs)[];
  return Object.fromEntries(
    names.map((name) => [name, joinRows(parts.map((part) => part[name]))]),
  ) as Outputs;
}

/** Boxes as inputs of the graphs, level by level, and the original position of each row of their output. */
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

/** The rows of several tensors, concatenated. */
function joinRows(parts: readonly Float32Tensor[]): Float32Tensor {
  const rows = parts.reduce((sum, { shape }) => sum + shape[0], 0);
  return float32Tensor([rows, ...parts[0].shape.slice(1)], joinFloats(parts.map(({ data }) => data)));
}

/** Moves row i of a tensor to position `order[i]`. */
function restoreRows(tensor: Tensor, order: readonly number[]): Float32Tensor {
  const data = tensor.data as Float32Array;
  const restored = new Float32Array(data.length);
  const rowSize = data.length / Math.max(order.length, 1);
  order.forEach((position, row) => {
    restored.set(data.subarray(row * rowSize, (row + 1) * rowSize), position * rowSize);
  });
  return { dtype: 'float32', shape: tensor.shape, data: restored };
}
