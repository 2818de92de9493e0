import { expect, it } from 'vitest';
import { jointsFor } from './coco-joints.ts';
import { mirroredJoints } from './mirrored-joints.ts';
import { keypointSchema } from './schema.ts';

it('exchanges the left and right keypoints of COCO as torchvision does', () => {
  // torchvision references/detection/transforms.py, _flip_coco_person_keypoints
  const torchvision = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15];
  expect(mirroredJoints({ names: jointsFor(17).names, flip: null })).toEqual(torchvision);
});

it('recognises sides as words and as letters, and leaves keypoints without a counterpart', () => {
  const names = ['Left Wing', 'R-knee', 'rightWing', 'L-knee', 'tail', 'left_fin', 'collar'];
  expect(mirroredJoints({ names, flip: null })).toEqual([0, 3, 2, 1, 4, 5, 6]);
  expect(mirroredJoints({ names: ['left wing', 'Right wing'], flip: null })).toEqual([1, 0]);
});

it('prefers an explicit table', () => {
  expect(mirroredJoints({ names: ['left', 'right', 'a', 'b'], flip: [[3, 4]] })).toEqual([0, 1, 3, 2]);
});

it('refuses bones between keypoints that do not exist', () => {
  const config = { pool: { resolution: 14 }, convolutions: [8], names: ['a', 'b'], skeleton: [[1, 3]] };
  expect(keypointSchema.safeParse(config).success).toBe(false);
  expect(keypointSchema.safeParse({ ...config, skeleton: [[1, 2]] }).success).toBe(true);
});
