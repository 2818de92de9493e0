import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readWeights } from '../../test/support/read-weights.ts';
import { decodeKeypoints } from './keypoint-decoding.ts';
import { keypointTargets } from './keypoint-targets.ts';

// Results of torchvision: test/oracle/keypoints.py.
const golden = await readWeights(
  fileURLToPath(new URL('../../test/golden/ops/keypoints.safetensors', import.meta.url)),
);
const read = async (name: string) => (await golden.read(name)).data;

it('finds the keypoints of heat maps where torchvision finds them', async () => {
  const { points, scores } = decodeKeypoints(await golden.read('heatMaps'), await read('boxes'));
  const [theirPoints, theirScores] = [await read('points'), await read('scores')];
  // Rounding of coordinates near 1,000 in float32.
  points.forEach((value, i) => {
    expect(Math.abs(value - theirPoints[i]), `coordinate ${i}`).toBeLessThan(2e-4);
  });
  scores.forEach((value, i) => {
    // Sixteen float32 products.
    expect(Math.abs(value / theirScores[i] - 1), `score ${i}`).toBeLessThan(5e-6);
  });
});

it('puts keypoints into the cells where torchvision puts them', async () => {
  const [objects, count] = golden.shapeOf('joints');
  const matches = Array.from({ length: objects }, (_, i) => i);
  const cells = keypointTargets(await read('joints'), await read('rois'), matches, { count, resolution: 14 });
  expect([...cells]).toEqual([...(await read('cells'))]);
});

it('takes the keypoints of the object that an RoI matches', () => {
  const joints = Float32Array.of(1, 1, 2, 3, 3, 2, 2, 2, 0, 0, 1, 2);
  const boxes = Float32Array.of(0, 0, 4, 4, 0, 0, 4, 4);
  // The second object's first keypoint is not labelled.
  const cells = keypointTargets(joints, boxes, [1, 0], { count: 2, resolution: 4 });
  expect([...cells]).toEqual([-1, 4, 5, 15]);
});
