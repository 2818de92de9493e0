/** The keypoints of a person in COCO, in the order of its annotations. */
const cocoJoints = [
  'nose, left_eye, right_eye, left_ear, right_ear, left_shoulder, right_shoulder, left_elbow, right_elbow',
  'left_wrist, right_wrist, left_hip, right_hip, left_knee, right_knee, left_ankle, right_ankle',
].flatMap((line) => line.split(', '));

/** The bones of a person in COCO: pairs of keypoints, counted from 1. */
const cocoSkeleton: readonly [number, number][] = [
  [16, 14],
  [14, 12],
  [17, 15],
  [15, 13],
  [12, 13],
  [6, 12],
  [7, 13],
  [6, 7],
  [6, 8],
  [7, 9],
  [8, 10],
  [9, 11],
  [2, 3],
  [1, 2],
  [1, 3],
  [2, 4],
  [3, 5],
  [4, 6],
  [5, 7],
];

/** The keypoints that a keypoint branch predicts, by name, and the bones between them: pairs of keypoints, counted from 1. */
export interface JointNames {
  names: string[];
  skeleton: [number, number][];
}

/** Names for keypoints of which only the number is known: COCO's person for 17, else `keypoint_1`, `keypoint_2`, …. */
export function jointsFor(count: number): JointNames {
  if (count === cocoJoints.length) return { names: [...cocoJoints], skeleton: [...cocoSkeleton] };
  return { names: Array.from({ length: count }, (_, i) => `keypoint_${i + 1}`), skeleton: [] };
}

/** The category of torchvision's Keypoint R-CNN. */
export const personCategory = { id: 1, name: 'person' } as const;
