import type { ModelConfig } from './schema.ts';

/** The name of a detector's architecture, by its branches. */
export function modelName({ mask, keypoint }: Pick<ModelConfig, 'mask' | 'keypoint'>): string {
  if (keypoint) return mask ? 'Mask R-CNN with keypoints' : 'Keypoint R-CNN';
  return mask ? 'Mask R-CNN' : 'Faster R-CNN (no mask branch)';
}
