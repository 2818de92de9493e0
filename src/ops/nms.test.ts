import { describe, expect, it } from 'vitest';
import { goldenCases } from '../../test/support/golden-ops.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { iouMatrix } from './matcher.ts';
import { nms } from './nms.ts';

// Answers of torchvision: test/golden/ops/README.md.
describe('nms keeps what torchvision keeps', async () => {
  it.each(await goldenCases<{ threshold: number }>('nms'))('$name', async ({ parameters, data }) => {
    const kept = nms(await data('boxes'), await data('scores'), parameters.threshold);
    expect(kept).toEqual([...(await data('kept'))]);
  });
});

describe('nms keeps what a search through all pairs keeps', () => {
  const sizes = [6, 40, 300];
  it.each(sizes.flatMap((size) => [0.7, 0.3, 0.02].map((threshold) => ({ size, threshold }))))(
    'boxes of about $size px, IoU above $threshold',
    ({ size, threshold }) => {
      const random = seededRandom(size);
      const boxes = Float32Array.from(Array.from({ length: 300 }, () => randomBox(size, random)).flat());
      const scores = Float32Array.from({ length: 300 }, () => random.uniform());
      expect(nms(boxes, scores, threshold)).toEqual(searchAll(boxes, scores, threshold));
    },
  );
});

function randomBox(size: number, random: Random): number[] {
  const [width, height] = [0, 1].map(() => size * 2 ** random.normal());
  const [x, y] = [0, 1].map(() => 400 * random.uniform());
  return [x, y, x + width, y + height];
}

function searchAll(boxes: Float32Array, scores: Float32Array, threshold: number): number[] {
  const overlaps = iouMatrix(boxes, boxes);
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  const kept: number[] = [];
  for (const i of order) {
    if (!kept.some((j) => overlaps[i * scores.length + j] > threshold)) kept.push(i);
  }
  return kept;
}
