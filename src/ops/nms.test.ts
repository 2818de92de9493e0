import { describe, expect, it } from 'vitest';
import { goldenCases } from '../../test/support/golden-ops.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { nms, type OverlapMeasure } from './nms.ts';

// Results of torchvision: test/golden/ops/README.md.
describe('nms keeps what torchvision keeps', async () => {
  it.each(await goldenCases<{ threshold: number }>('nms'))('$name', async ({ parameters, data }) => {
    const kept = nms(await data('boxes'), await data('scores'), parameters.threshold);
    expect(kept).toEqual([...(await data('kept'))]);
  });
});

describe('nms keeps what a search through all pairs keeps', () => {
  const measures: OverlapMeasure[] = ['union', 'smaller'];
  const cases = measures.flatMap((overlap) =>
    [6, 40, 300].flatMap((size) => [0.7, 0.3, 0.02].map((threshold) => ({ overlap, size, threshold }))),
  );
  it.each(cases)(
    'boxes of about $size px, more than $threshold of the $overlap',
    ({ overlap, size, threshold }) => {
      const random = seededRandom(size);
      const boxes = Float32Array.from(Array.from({ length: 300 }, () => randomBox(size, random)).flat());
      const scores = Float32Array.from({ length: 300 }, () => random.uniform());
      const kept = nms(boxes, scores, threshold, overlap);
      expect(kept).toEqual(searchAll(boxes, scores, threshold, overlap));
    },
  );
});

function randomBox(size: number, random: Random): number[] {
  const [width, height] = [0, 1].map(() => size * 2 ** random.normal());
  const [x, y] = [0, 1].map(() => 400 * random.uniform());
  return [x, y, x + width, y + height];
}

function searchAll(
  boxes: Float32Array,
  scores: Float32Array,
  threshold: number,
  measure: OverlapMeasure,
): number[] {
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  const kept: number[] = [];
  for (const i of order) {
    if (!kept.some((j) => overlapOf(boxes, i, j, measure) > threshold)) kept.push(i);
  }
  return kept;
}

function overlapOf(boxes: Float32Array, i: number, j: number, measure: OverlapMeasure): number {
  const [a, b] = [boxes.subarray(4 * i, 4 * i + 4), boxes.subarray(4 * j, 4 * j + 4)];
  const side = (axis: 0 | 1) => Math.max(Math.min(a[axis + 2], b[axis + 2]) - Math.max(a[axis], b[axis]), 0);
  const areaOf = (box: Float32Array) => (box[2] - box[0]) * (box[3] - box[1]);
  const common = side(0) * side(1);
  const areas = [a, b].map(areaOf);
  return common / (measure === 'smaller' ? Math.min(...areas) : areas[0] + areas[1] - common);
}

it('drops a small box within a large one by the smaller measure alone', () => {
  const boxes = Float32Array.of(0, 0, 100, 100, 10, 10, 20, 20, 95, 95, 115, 115);
  const scores = Float32Array.of(0.9, 0.8, 0.7);
  expect(nms(boxes, scores, 0.5)).toEqual([0, 1, 2]);
  expect(nms(boxes, scores, 0.5, 'smaller')).toEqual([0, 2]);
});
