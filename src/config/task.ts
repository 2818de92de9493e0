import type { ModelConfig } from './schema.ts';

/** What a model is for, as lists of models name it. */
export const tasks = ['instance segmentation', 'object detection', 'keypoint detection'] as const;

export type Task = (typeof tasks)[number];

/** The most particular thing that a model finds of objects: joints, masks, or boxes alone. */
export function taskOf({ mask, keypoint }: Pick<ModelConfig, 'mask' | 'keypoint'>): Task {
  if (keypoint) return 'keypoint detection';
  return mask ? 'instance segmentation' : 'object detection';
}
