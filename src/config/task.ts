import type { ModelConfig } from './schema.ts';

/** The tasks of detectors, as lists of models name them. */
export const tasks = ['instance segmentation', 'object detection', 'keypoint detection'] as const;

export type Task = (typeof tasks)[number];

/** The task of a detector: its most specific output, which is keypoints, masks or boxes alone. */
export function taskOf({ mask, keypoint }: Pick<ModelConfig, 'mask' | 'keypoint'>): Task {
  if (keypoint) return 'keypoint detection';
  return mask ? 'instance segmentation' : 'object detection';
}
