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
  return boxes.length / 4 <= 2 * most ? Number.POSITIVE_INFINITY : most;
}

/**
 * Stage 6: RoIAlign and the class and box branch.
 * @param proposals `[R, 4]` in pixels of the resized picture.
 */
export async function classifyBoxes(
  session: Session,
  features: Features,
  proposals: Float32Array,
): Promise<BoxOutput> {
  const atOnce = features.levels.roisAtOnce ?? roisAtOnce('boxes', features, proposals);
  const { scores, deltas } = await runBranch(session, features, { boxes: proposals, atOnce });
  return { scores, deltas };
}

/**
 * Stage 8: RoIAlign on the detected boxes and the mask branch.
 * @returns `[D, 28, 28]` probabilities of the detected class alone.
 */
export async function predictMasks(
  session: Session,
  features: Features,
  { boxes, labels }: Pick<ScoredBoxes, 'boxes' | 'labels'>,
): Promise<Float32Tensor> {
  const atOnce = roisAtOnce('detections', features, boxes);
  return (await runBranch(session, features, { boxes, labels, atOnce })).masks;
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
  const atOnce = roisAtOnce('detections', features, boxes);
  return (await runBranch(session, features, { boxes, atOnce })).heatMaps;
}

/** The boxes that a branch runs on. */
interface BranchBoxes {
  readonly boxes: Float32Array;
  /** For a branch that takes them. */
  readonly labels?: ArrayLike<number>;
  /** The most boxes per run, which limits its memory. */
  readonly atOnce: number;
}

/** Runs a branch. @returns Its outputs, with a row for each box. */
async function runBranch(
  session: Session,
  { pyramid, levels }: Features,
  { boxes, labels, atOnce }: BranchBoxes,
): Promise<Record<string, Float32Tensor>> {
  const count = boxes.length / 4;
  const runs = Math.max(1, Math.ceil(count / atOnce));
  const each = Math.ceil(count / runs);
  const parts: Record<string, Float32Tensor>[] = [];
  for (let first = 0; parts.length < runs; first += each) {
    const { inputs, order } = roisByLevel(boxes.subarray(4 * first, 4 * (first + each)), levels);
    if (labels) {
      const data = BigInt64Array.from(order, (index) => BigInt(labels[first + index]));
      inputs.labels = { dtype: 'int64', shape: [data.length], data };
    }
    const outputs = Object.entries(await session.run({ ...pyramid, ...inputs }));
    parts.push(Object.fromEntries(outputs.map(([name, rows]) => [name, restoreRows(rows, order)])));
  }
  if (runs === 1) return parts[0];
  return Object.fromEntries(
    Object.keys(parts[0]).map((name) => [name, joinRows(parts.map((part) => part[name]))]),
  );
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
