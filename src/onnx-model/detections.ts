import type { BoxConfig } from '../config/schema.ts';
import { minDetectionSize } from '../model/detections.ts';
import { clippedBoxes, decodedBoxes } from './boxes.ts';
import type { Operators } from './operators.ts';
import type { ImageSize } from './prepared-input.ts';
import { type Candidates, selectedBoxes } from './select-boxes.ts';

/**
 * Stage 7, `selectDetections` (model/detections.ts).
 * @param output `scores` `[R, classes]`, `deltas` `[R, 4·classes]`
 * @param proposals `[R, 4]` in pixels of the resized picture.
 * @returns Boxes in pixels of the resized picture, best first; labels are class indices, 1 and up.
 */
export function detections(
  o: Operators,
  output: { readonly scores: string; readonly deltas: string },
  proposals: string,
  { config, classes, resized }: { config: BoxConfig; classes: number; resized: ImageSize },
): Candidates {
  const objects = o.slice(o.transpose(output.scores, 1, 0), 0, 1, classes);
  const confident = o.apply('NonZero', o.greater(objects, config.scoreThreshold));
  const labels = o.add(o.gather(confident, o.index(0)), o.index(1));
  const rois = o.gather(confident, o.index(1));
  const rows = o.add(o.mul(rois, o.int(classes)), labels);
  const deltas = o.gather(o.reshape(output.deltas, [-1, 4]), rows);
  const moved = decodedBoxes(o, o.gather(proposals, rois), deltas, config.codingWeights);
  const candidates = {
    boxes: clippedBoxes(o, moved, resized),
    scores: o.gather(o.reshape(output.scores, [-1]), rows),
    labels,
  };
  const { nmsThreshold, nmsOverlap, detectionsPerImage: limit } = config;
  const settings = { minSize: minDetectionSize, nmsThreshold, nmsOverlap, limit };
  return selectedBoxes(o, candidates, settings, [1, classes - 1]);
}
