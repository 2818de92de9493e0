import { expect, test } from 'vitest';
import { float32Tensor } from '../core/tensor.ts';
import { rescoreByMasks, unchangedScores } from './instances.ts';

const detections = {
  boxes: Float32Array.from({ length: 16 }, (_, i) => i),
  scores: Float32Array.of(0.9, 0.8, 0.7, 0.6),
  labels: Int32Array.of(1, 2, 3, 4),
  origins: Uint32Array.of(7, 5, 6, 0),
};
// 2 × 1 pixels each: uncertain, sharp, no pixel above one half, one certain pixel.
const masks = float32Tensor([4, 2, 1], Float32Array.of(0.6, 0.7, 1, 1, 0.5, 0.4, 0.1, 0.9));

test('scores are multiplied by the mean probability inside the mask, and sorted with their masks and origins', () => {
  const { instances, masks: sorted } = rescoreByMasks(detections, masks, 0.05);
  const expected = [0.8, 0.9 * 0.65, 0.6 * 0.9];
  expect([...instances.scores]).toEqual(expected.map((score) => expect.closeTo(score, 6)));
  expect([...instances.labels]).toEqual([2, 1, 4]);
  expect([...instances.origins]).toEqual([5, 7, 0]);
  expect([...instances.classScores]).toEqual([0.8, 0.9, 0.6].map(Math.fround));
  expect([...instances.boxes.subarray(0, 8)]).toEqual([4, 5, 6, 7, 0, 1, 2, 3]);
  expect(sorted.shape).toEqual([3, 2, 1]);
  expect([...sorted.data]).toEqual([1, 1, 0.6, 0.7, 0.1, 0.9].map(Math.fround));
});

test('detections that then score too little are dropped, even all of them', () => {
  expect(rescoreByMasks(detections, masks, 0.58).instances.scores).toHaveLength(2);
  const { instances, masks: none } = rescoreByMasks(detections, masks, 0.85);
  expect(instances.scores).toHaveLength(0);
  expect(none.shape).toEqual([0, 2, 1]);
});

test('without rescoring both scores are the same', () => {
  expect(unchangedScores(detections)).toEqual({ ...detections, classScores: detections.scores });
});
