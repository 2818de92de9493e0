import type { Size } from './boxes.ts';

/** The joints of objects, all of one kind of skeleton. */
export interface Poses {
  /** `[G, K, 3]`: x, y in pixels, and visibility: 0 not labelled, 1 hidden, 2 visible. */
  readonly joints: Float32Array;
  /** `[K]`: the joint that each becomes in a mirror image, where left and right swap. */
  readonly mirrored: readonly number[];
}

/** Transforms every joint; unlabelled joints stay 0, 0, 0. */
export function movePoses(
  { joints, mirrored }: Poses,
  place: (x: number, y: number) => readonly [number, number],
): Poses {
  const moved = new Float32Array(joints.length);
  for (let at = 0; at < joints.length; at += 3) {
    if (joints[at + 2] === 0) continue;
    moved.set(place(joints[at], joints[at + 1]), at);
    moved[at + 2] = joints[at + 2];
  }
  return { joints: moved, mirrored };
}

/** As `movePoses`, for a transform that mirrors the picture: left and right joints swap. */
export function reflectPoses(
  poses: Poses,
  place: (x: number, y: number) => readonly [number, number],
): Poses {
  const { joints, mirrored } = movePoses(poses, place);
  const named = new Float32Array(joints.length);
  for (let joint = 0; joint < joints.length / 3; joint++) {
    const first = joint - (joint % mirrored.length);
    const other = first + mirrored[joint % mirrored.length];
    named.set(joints.subarray(3 * other, 3 * other + 3), 3 * joint);
  }
  return { joints: named, mirrored };
}

/** Joints outside a picture become unlabelled. */
export function clipPoses({ joints, mirrored }: Poses, { width, height }: Size): Poses {
  const clipped = joints.slice();
  for (let at = 0; at < joints.length; at += 3) {
    const [x, y] = [joints[at], joints[at + 1]];
    if (x < 0 || y < 0 || x > width || y > height) clipped.fill(0, at, at + 3);
  }
  return { joints: clipped, mirrored };
}

/** The poses of the selected objects. */
export function takePoses({ joints, mirrored }: Poses, objects: ArrayLike<number>): Poses {
  const size = 3 * mirrored.length;
  const taken = new Float32Array(objects.length * size);
  Array.from(objects).forEach((object, i) => {
    taken.set(joints.subarray(object * size, (object + 1) * size), i * size);
  });
  return { joints: taken, mirrored };
}

/** The poses of all objects of two samples with the same joints. */
export function joinPoses(first: Poses, second: Poses): Poses {
  const joints = new Float32Array(first.joints.length + second.joints.length);
  joints.set(first.joints);
  joints.set(second.joints, first.joints.length);
  return { joints, mirrored: first.mirrored };
}
