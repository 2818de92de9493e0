import { expect, it } from 'vitest';
import { overlayElements } from './overlay.ts';
import { skeletonElements } from './skeleton.ts';

const points = [
  { x: 10, y: 20, score: 5 },
  { x: 30, y: 40, score: 9 },
  { x: 50, y: 60, score: 1 },
];
const pose = {
  points,
  skeleton: [
    [0, 1],
    [1, 2],
  ] as [number, number][],
};

it('draws the bones and keypoints that are likely to be seen', () => {
  const drawn = skeletonElements(pose, 2, 3);
  // A bone is a dark seam and a coloured line; the second bone ends in a keypoint that is not seen.
  expect(drawn.match(/<line /g)).toHaveLength(2);
  expect(drawn).toContain('x1="20" y1="40" x2="60" y2="80"');
  expect(drawn.match(/<circle /g)).toHaveLength(2);
});

it('draws annotated keypoints, which have no score', () => {
  const annotated = { ...pose, points: points.map(({ x, y }) => ({ x, y })) };
  expect(skeletonElements(annotated, 1, 2).match(/<circle /g)).toHaveLength(3);
});

it('lies over the boxes of an overlay', () => {
  const instance = { box: [0, 0, 60, 70] as const, category: { name: 'bird' }, keypoints: pose };
  const layout = { width: 100, height: 100, scale: 1, labels: 'none', maskOpacity: 0.3 } as const;
  const drawn = overlayElements([instance], layout);
  expect(drawn.indexOf('<line ')).toBeGreaterThan(drawn.indexOf('<rect '));
});
