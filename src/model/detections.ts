import type { BoxConfig } from '../config/schema.ts';
import type { Float32Tensor } from '../core/tensor.ts';
import { decodeBoxes } from '../ops/box-coding.ts';
import { clipBoxes, type Size, takeBoxes } from '../ops/boxes.ts';
import { bestOf, type ScoredBoxes, thinOut } from '../ops/scored-boxes.ts';

/** What the class and box branch says of the proposals. */
export interface BoxOutput {
  /** `[R, classes]` probabilities, the background first. */
  readonly scores: Float32Tensor;
  /** `[R, 4·classes]` */
  readonly deltas: Float32Tensor;
}

/** Boxes narrower or lower than this, in pixels of the resized picture, are dropped. */
const minBoxSize = 1e-2;

/**
 * Stage 7: every class moves a proposal by its own deltas; what scores enough is clipped and thinned by NMS
 * within its class, and the best of all classes stay (torchvision `postprocess_detections`).
 * @param proposals `[R, 4]` in pixels of the resized picture.
 * @param picture The resized picture, without padding.
 * @returns Boxes in pixels of the resized picture, best first; labels are class indices, 1 and up.
 */
export function selectDetections(
  { scores, deltas }: BoxOutput,
  proposals: Float32Array,
  config: BoxConfig,
  picture: Size,
): ScoredBoxes {
  const [rois, classes] = scores.shape;
  const perClass: ScoredBoxes[] = [];
  for (let label = 1; label < classes; label++) {
    const confident: number[] = [];
    for (let roi = 0; roi < rois; roi++) {
      if (scores.data[roi * classes + label] > config.scoreThreshold) confident.push(roi);
    }
    if (confident.length === 0) continue;
    const rows = confident.map((roi) => roi * classes + label);
    const moved = decodeBoxes(
      takeBoxes(proposals, confident),
      takeBoxes(deltas.data, rows),
      config.codingWeights,
    );
    const candidates = {
      boxes: clipBoxes(moved, picture),
      scores: Float32Array.from(rows, (row) => scores.data[row]),
      labels: new Int32Array(rows.length).fill(label),
    };
    perClass.push(thinOut(candidates, minBoxSize, config));
  }
  return bestOf(perClass, config.detectionsPerImage);
}
