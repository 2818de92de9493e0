import { expect, it } from 'vitest';
import { clipPoses, joinPoses, movePoses, type Poses, reflectPoses, takePoses } from './poses.ts';

// Two objects of three keypoints: nose, left, right.
const mirrored = [0, 2, 1];
const poses: Poses = {
  points: Float32Array.of(5, 1, 2, 4, 2, 1, 6, 2, 2, 15, 1, 2, 0, 0, 0, 16, 2, 2),
  mirrored,
};

it('moves only labelled keypoints', () => {
  const { points } = movePoses(poses, (x, y) => [x + 1, 2 * y]);
  expect([...points]).toEqual([6, 2, 2, 5, 4, 1, 7, 4, 2, 16, 2, 2, 0, 0, 0, 17, 4, 2]);
});

it('exchanges left and right in a mirror, and gives them back in the second', () => {
  const mirror = (all: Poses) => reflectPoses(all, (x, y) => [20 - x, y]);
  expect([...mirror(poses).points]).toEqual([15, 1, 2, 14, 2, 2, 16, 2, 1, 5, 1, 2, 4, 2, 2, 0, 0, 0]);
  expect(mirror(mirror(poses))).toEqual(poses);
});

it('forgets keypoints outside a picture, whose border belongs to it', () => {
  const { points } = clipPoses(poses, { width: 15, height: 2 });
  expect([...points].filter((_, i) => i % 3 === 2)).toEqual([2, 1, 2, 2, 0, 0]);
});

it('takes and joins objects', () => {
  const [first, second] = [takePoses(poses, [0]), takePoses(poses, [1])];
  expect([...second.points.slice(0, 3)]).toEqual([15, 1, 2]);
  expect(joinPoses(first, second)).toEqual(poses);
});
