import type { ModelConfig } from '../config/schema.ts';
import type { PlainBox } from '../explanation/plain.ts';
import { boxAt, type Size, scaleBoxes } from '../ops/boxes.ts';
import { pasters } from '../ops/pasters.ts';
import type { Rle } from '../ops/rle/rle.ts';
import type { Pose } from './instance.ts';
import type { PipelineResult } from './pipeline.ts';
import { poseOf } from './pose.ts';

/** An instance at its place in the original picture. */
export interface PlacedInstance {
  /** Class index. */
  label: number;
  score: number;
  /** Before masks rescored it. */
  classScore: number;
  /** In pixels of the original. */
  box: PlainBox;
  /** Over the whole original; null where the model has no mask branch. */
  mask: Rle | null;
  /** In pixels of the original; null where the model has no keypoint branch. */
  pose: Pose | null;
}

/**
 * Stage 9: boxes and keypoints in pixels of the original, and masks pasted into it.
 * @param picture Size of the original.
 */
export function placeInstances(
  { input, instances, masks, keypoints }: Omit<PipelineResult, 'pyramid' | 'omitted'>,
  { mask: branch, keypoint }: Pick<ModelConfig, 'mask' | 'keypoint'>,
  picture: Size,
): PlacedInstance[] {
  const boxes = scaleBoxes(instances.boxes, { x: 1 / input.scaleX, y: 1 / input.scaleY });
  const paste = pasters[branch?.paste ?? 'wholePixels'];
  const pixels = masks ? masks.shape[1] * masks.shape[2] : 0;
  return Array.from(instances.scores, (score, i) => {
    const box = boxAt(boxes, i);
    const mask = masks?.data.subarray(i * pixels, (i + 1) * pixels);
    return {
      label: instances.labels[i],
      score,
      classScore: instances.classScores[i],
      box,
      mask: mask ? paste(mask, box, picture) : null,
      pose: keypoint && keypoints ? poseOf(keypoints, i, keypoint, input) : null,
    };
  });
}
