import { joinFloats } from '../core/join-arrays.ts';
import { float32Tensor, sizeOf, type Tensor } from '../core/tensor.ts';
import type { Batch } from '../data/load/batch.ts';
import { excludedClass } from '../model/losses.ts';
import { roiInputNames } from '../model/roi-features.ts';
import { assignRois, type Levels } from '../model/structure.ts';
import type { RoiTargets } from '../model/targets-roi.ts';
import { takeBoxes } from '../ops/boxes.ts';
import type { GroundTruth } from '../ops/ground-truth.ts';
import { keypointTargets } from '../ops/keypoint-targets.ts';
import { maskTargets } from '../ops/mask-targets.ts';

/** The RoIs of all pictures of a batch in the order of the graphs: level by level. */
interface LevelOrder {
  inputs: Record<string, Tensor>;
  /** The RoI of each row of a graph's output. */
  order: readonly number[];
}

/**
 * Inputs of the class and box heads: the sampled RoIs of all pictures and their targets.
 * @param partial Adds `alternatives`; see `StepGraphOptions`.
 */
export function boxFeeds(
  targets: readonly RoiTargets[],
  { truths }: Pick<Batch, 'truths'>,
  { classes, levels, partial }: { classes: number; levels: Levels; partial: boolean },
): Record<string, Tensor> {
  const boxes = joinFloats(targets.map((target) => target.boxes));
  const labels = targets.flatMap((target) => [...target.labels]);
  const deltas = joinFloats(targets.map((target) => target.deltas));
  const pictures = targets.flatMap((target, n) => new Array<number>(target.labels.length).fill(n));
  const { inputs, order } = byLevel(boxes, pictures, { levels });
  const positive = [...order.keys()].filter((row) => labels[order[row]] > 0);
  const rois = positive.map((row) => order[row]);
  return {
    ...inputs,
    labels: int64(order.map((roi) => labels[roi])),
    box_rows: int64(positive.map((row) => row * classes + labels[order[row]])),
    box_targets: float32Tensor([positive.length, 4], takeBoxes(deltas, rois)),
    box_weights: filled([positive.length, 4], 1 / Math.max(labels.length, 1)),
    ...(partial
      ? {
          alternatives: alternatives(
            order.map((roi) => ({ label: labels[roi], unknown: truths[pictures[roi]].unknown })),
            classes,
          ),
        }
      : {}),
  };
}

/**
 * The classes that each RoI may be, `[R, classes]` for `softmaxCrossEntropyLoss`: its label, and for a RoI on the
 * background also every class that is unknown in its picture.
 */
function alternatives(
  rois: readonly { label: number; unknown?: readonly number[] | undefined }[],
  classes: number,
): Tensor {
  const data = new Float32Array(rois.length * classes).fill(excludedClass);
  rois.forEach(({ label, unknown = [] }, row) => {
    for (const one of label === 0 ? [0, ...unknown] : [label]) data[row * classes + one] = 0;
  });
  return float32Tensor([rois.length, classes], data);
}

/**
 * Inputs of the mask head: the RoIs whose object has a mask, and their masks of `resolution`². If the branches share
 * RoI features (structure `c4`, which has one level), `mask_rows` lists their rows in the box branch.
 */
export function maskFeeds(
  sampled: readonly RoiTargets[],
  { truths }: Pick<Batch, 'truths'>,
  { resolution, levels }: { resolution: number; levels: Levels },
): Record<string, Tensor> {
  const targets = sampled.map((target, n) => withMaskOnly(target, truths[n]));
  const boxes = targets.map((target) => takeBoxes(target.boxes, target.positive));
  const labels = targets.flatMap((target) => Array.from(target.positive, (roi) => target.labels[roi]));
  const pictures = targets.flatMap((target, n) => new Array<number>(target.positive.length).fill(n));
  const masks = joinFloats(
    targets.map(({ objects }, n) => maskTargets(truths[n].masks, boxes[n], objects, resolution)),
  );
  const { inputs, order } = byLevel(joinFloats(boxes), pictures, { levels, prefix: 'mask_' });
  const pixels = resolution ** 2;
  const ordered = new Float32Array(masks.length);
  order.forEach((roi, row) => {
    ordered.set(masks.subarray(roi * pixels, (roi + 1) * pixels), row * pixels);
  });
  return {
    ...inputs,
    mask_rows: int64(positiveRows(targets)),
    mask_labels: int64(order.map((roi) => labels[roi])),
    mask_targets: float32Tensor([order.length, resolution, resolution], ordered),
    mask_weights: filled([order.length, 1, 1], 1 / Math.max(ordered.length, 1)),
  };
}

/** Without the objects that have no mask among `positive` and `objects`. */
function withMaskOnly(target: RoiTargets, { hasMask }: Pick<GroundTruth, 'hasMask'>): RoiTargets {
  if (hasMask === undefined) return target;
  const { positive, objects } = target;
  return {
    ...target,
    positive: positive.filter((_, i) => hasMask[objects[i]]),
    objects: objects.filter((object) => hasMask[object]),
  };
}

/**
 * Inputs of the keypoint head: the RoIs that contain a labelled keypoint of their object, and the cells of these
 * keypoints in heat maps of `side`² for each of `joints`.
 */
export function keypointFeeds(
  targets: readonly RoiTargets[],
  { truths }: Pick<Batch, 'truths'>,
  { joints, side, levels }: { joints: number; side: number; levels: Levels },
): Record<string, Tensor> {
  const boxes: Float32Array[] = [];
  const pictures: number[] = [];
  const cells: Int32Array[] = [];
  targets.forEach(({ boxes: all, positive, objects }, n) => {
    const { poses } = truths[n];
    if (!poses) return;
    const own = takeBoxes(all, positive);
    const found = keypointTargets(poses.points, own, objects, { count: joints, resolution: side });
    positive.forEach((_, i) => {
      const ofRoi = found.subarray(i * joints, (i + 1) * joints);
      if (ofRoi.every((cell) => cell < 0)) return;
      boxes.push(own.subarray(4 * i, 4 * i + 4));
      pictures.push(n);
      cells.push(ofRoi);
    });
  });
  const { inputs, order } = byLevel(joinFloats(boxes), pictures, { levels, prefix: 'keypoint_' });
  const positions = order.flatMap((roi, row) =>
    Array.from(cells[roi], (cell, joint) => (cell < 0 ? -1 : (row * joints + joint) * side ** 2 + cell)),
  );
  const labelled = positions.filter((position) => position >= 0);
  return {
    ...inputs,
    keypoint_cells: int64(labelled),
    keypoint_weights: filled([labelled.length, 1], 1 / Math.max(labelled.length, 1)),
  };
}

/** @param pictures For each box, the index of its picture in the batch. */
function byLevel(
  boxes: Float32Array,
  pictures: readonly number[],
  { levels, prefix = '' }: { levels: Levels; prefix?: string },
): LevelOrder {
  const inputs: Record<string, Tensor> = {};
  const assigned = assignRois(boxes, levels);
  assigned.forEach((rois, i) => {
    const names = roiInputNames(levels.roi[i].name, prefix);
    inputs[names.boxes] = float32Tensor([rois.length, 4], takeBoxes(boxes, rois));
    inputs[names.batchIndex] = int64(rois.map((roi) => pictures[roi]));
  });
  return { inputs, order: assigned.flat() };
}

/** Indices of the RoIs with an object among the sampled RoIs of all pictures. */
function positiveRows(targets: readonly RoiTargets[]): number[] {
  let before = 0;
  return targets.flatMap(({ positive, labels }) => {
    const rows = Array.from(positive, (row) => before + row);
    before += labels.length;
    return rows;
  });
}

function filled(shape: readonly number[], value: number): Tensor<'float32'> {
  return float32Tensor(shape, new Float32Array(sizeOf(shape)).fill(value));
}

function int64(values: readonly number[]): Tensor<'int64'> {
  return { dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}
