import type { KeypointConfig } from '../config/schema.ts';
import type { DecodedKeypoints } from '../ops/keypoint-decoding.ts';
import type { Pose } from './instance.ts';

/**
 * The joints of one detection in pixels of the original.
 * @param keypoints Of all detections, in pixels of the resized picture.
 * @param scale Resized pixels for each of the original's.
 */
export function poseOf(
  { points, scores }: DecodedKeypoints,
  detection: number,
  { names, skeleton }: KeypointConfig,
  scale: { scaleX: number; scaleY: number },
): Pose {
  const first = detection * names.length;
  return {
    joints: names.map((name, joint) => ({
      name,
      x: points[2 * (first + joint)] / scale.scaleX,
      y: points[2 * (first + joint) + 1] / scale.scaleY,
      score: scores[first + joint],
    })),
    skeleton: skeleton.map(([from, to]) => [from - 1, to - 1] as const),
  };
}
