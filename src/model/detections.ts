import type { BoxConfig } from '../config/schema.ts';
import type { Float32Tensor } from '../core/tensor.ts';
import { type CodingWeights, decodeBoxes } from '../ops/box-coding.ts';
import { clipBoxes, type Size, takeBoxes } from '../ops/boxes.ts';
import { type ScoredBoxes, type SelectedBoxes, selectBoxes } from '../ops/scored-boxes.ts';

/** The output of the class and box branch for the proposals. */
export interface BoxOutput {
  /** `[R, classes]` probabilities, the background first. */
  readonly scores: Float32Tensor;
  /** `[R, 4·classes]` */
  readonly deltas: Float32Tensor;
}

/** How detections are chosen. */
export interface DetectionSettings extends BoxConfig {
  /** Class indices to return; absent: all. */
  readonly labels?: ReadonlySet<number>;
}

/** Boxes narrower or lower than this, in pixels of the resized picture, are dropped. */
export const minDetectionSize = 1e-2;

/**
 * Stage 7: each class moves a proposal by its own deltas; boxes that score above the threshold are clipped, NMS is
 * applied within each class, and the best of all classes are kept (torchvision `postprocess_detections`).
 * @param proposals `[R, 4]` in pixels of the resized picture.
 * @param picture The resized picture, without padding.
 * @returns Boxes in pixels of the resized picture, best first. Labels are class indices, 1 and up, origins positions in
 * `proposals`; there is one group for each class to return with a box above the threshold.
 */
export function selectDetections(
  output: BoxOutput,
  proposals: Float32Array,
  config: DetectionSettings,
  picture: Size,
): SelectedBoxes {
  const [rois, classes] = output.scores.shape;
  const groups: ScoredBoxes[] = [];
  for (let label = 1; label < classes; label++) {
    if (config.labels?.has(label) === false) continue;
    const confident: number[] = [];
    for (let roi = 0; roi < rois; roi++) {
      if (output.scores.data[roi * classes + label] > config.scoreThreshold) confident.push(roi);
    }
    if (confident.length === 0) continue;
    const { codingWeights } = config;
    groups.push(refineProposals(output, proposals, { label, rois: confident }, { codingWeights, picture }));
  }
  const { nmsThreshold, nmsOverlap, detectionsPerImage: limit } = config;
  return selectBoxes(groups, { minSize: minDetectionSize, nmsThreshold, nmsOverlap, limit });
}

/**
 * Proposals as one class moves them, clipped to the picture.
 * @param proposals `[R, 4]` in pixels of the resized picture.
 * @param label Class index.
 * @param rois Positions in `proposals`.
 * @returns One row for each of `rois`, which are the origins.
 */
export function refineProposals(
  { scores, deltas }: BoxOutput,
  proposals: Float32Array,
  { label, rois }: { label: number; rois: readonly number[] },
  { codingWeights, picture }: { codingWeights: CodingWeights; picture: Size },
): ScoredBoxes {
  const [, classes] = scores.shape;
  const rows = rois.map((roi) => roi * classes + label);
  const moved = decodeBoxes(takeBoxes(proposals, rois), takeBoxes(deltas.data, rows), codingWeights);
  return {
    boxes: clipBoxes(moved, picture),
    scores: Float32Array.from(rows, (row) => scores.data[row]),
    labels: new Int32Array(rows.length).fill(label),
    origins: Uint32Array.from(rois),
  };
}
