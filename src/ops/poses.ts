import type { Size } from './boxes.ts';

/** The keypoints of objects, all of one kind of skeleton. */
export interface Poses {
  /** `[G, K, 3]`: x, y in pixels, and visibility: 0 not labelled, 1 hidden, 2 visible. */
  readonly points: Float32Array;
  /** `[K]`: the keypoint that each becomes in a mirror image, where left and right swap. */
  readonly mirrored: readonly number[];
}

/** Transforms every keypoint; unlabelled keypoints stay 0, 0, 0. */
export function movePoses(
  { points, mirrored }: Poses,
  place: (x: number, y: number) => readonly [number, number],
): Poses {
  const moved = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 3) {
    if (points[at + 2] === 0) continue;
    moved.set(place(points[at], points[at + 1]), at);
    moved[at + 2] = points[at + 2];
  }
  return { points: moved, mirrored };
}

/** As `movePoses`, for a transform that mirrors the picture: left and right keypoints swap. */
export function reflectPoses(
  poses: Poses,
  place: (x: number, y: number) => readonly [number, number],
): Poses {
  const { points, mirrored } = movePoses(poses, place);
  const named = new Float32Array(points.length);
  for (let joint = 0; joint < points.length / 3; joint++) {
    const first = joint - (joint % mirrored.length);
    const other = first + mirrored[joint % mirrored.length];
    named.set(points.subarray(3 * other, 3 * other + 3), 3 * joint);
  }
  return { points: named, mirrored };
}

/** Keypoints outside a picture become unlabelled. */
export function clipPoses({ points, mirrored }: Poses, { width, height }: Size): Poses {
  const clipped = points.slice();
  for (let at = 0; at < points.length; at += 3) {
    const [x, y] = [points[at], points[at + 1]];
    if (x < 0 || y < 0 || x > width || y > height) clipped.fill(0, at, at + 3);
  }
  return { points: clipped, mirrored };
}

/** The poses of the selected objects. */
export function takePoses({ points, mirrored }: Poses, objects: ArrayLike<number>): Poses {
  const size = 3 * mirrored.length;
  const taken = new Float32Array(objects.length * size);
  Array.from(objects).forEach((object, i) => {
    taken.set(points.subarray(object * size, (object + 1) * size), i * size);
  });
  return { points: taken, mirrored };
}

/** The poses of all objects of two samples with the same keypoints. */
export function joinPoses(first: Poses, second: Poses): Poses {
  const points = new Float32Array(first.points.length + second.points.length);
  points.set(first.points);
  points.set(second.points, first.points.length);
  return { points, mirrored: first.mirrored };
}
