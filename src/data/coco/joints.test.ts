import { expect, it } from 'vitest';
import { jointsOf } from './joints.ts';
import type { CocoCategory } from './types.ts';

const bird = { id: 1, name: 'bird', keypoints: ['beak', 'left wing', 'right wing'] };
const of = (...categories: CocoCategory[]) => jointsOf({ categories, source: 'birds.json' });

it('reads names, bones and the table of a mirror', () => {
  expect(of({ id: 2, name: 'nest' }, { ...bird, skeleton: [[1, 2]], flip: [[2, 3]] })).toEqual({
    names: bird.keypoints,
    skeleton: [[1, 2]],
    flip: [[2, 3]],
  });
  expect(of(bird)).toMatchObject({ skeleton: [], flip: null });
  expect(of({ id: 2, name: 'nest' })).toBeNull();
});

it('refuses unusable input', () => {
  expect(() => of({ ...bird, skeleton: [[0, 1]] })).toThrow(
    'birds.json: category bird: skeleton: expected pairs of keypoints, each 1…3',
  );
  expect(() => of(bird, { id: 2, name: 'bat', keypoints: ['nose'] })).toThrow(
    'birds.json: categories bird and bat have different keypoints; a model supports a single list',
  );
});
