import type { KeypointConfig } from '../config/schema.ts';
import type { DecodedKeypoints } from '../ops/keypoint-decoding.ts';
import type { Pose } from './instance.ts';

/**
 * The keypoints of one instance in pixels of the original.
 * @param keypoints Of all instances, in pixels of the resized picture.
 * @param instance Position among them.
 * @param scale Resized size divided by the original's.
 */
export function poseOf(
  { points, scores }: DecodedKeypoints,
  instance: number,
  { names, skeleton }: KeypointConfig,
  scale: { scaleX: number; scaleY: number },
): Pose {
  const first = instance * names.length;
  return {
    points: names.map((name, keypoint) => ({
      name,
      x: points[2 * (first + keypoint)] / scale.scaleX,
      y: points[2 * (first + keypoint) + 1] / scale.scaleY,
      score: scores[first + keypoint],
    })),
    skeleton: skeleton.map(([from, to]) => [from - 1, to - 1] as const),
  };
}
