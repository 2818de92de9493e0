import { describe, expect, it } from 'vitest';
import { encodeBitmap } from '../ops/rle/bitmap.ts';
import { CocoEvaluator } from './coco-evaluator.ts';
import type { EvalDetection, EvalTruth } from './objects.ts';
import { evalParams } from './params.ts';
import { cocoMetrics, formatMetrics } from './summary.ts';

const categories = [
  { id: 4, name: 'dog' },
  { id: 2, name: 'cat' },
];
const truth = (box: EvalTruth['box'], more: Partial<EvalTruth> = {}): EvalTruth => ({
  categoryId: 2,
  box,
  ...more,
});
const found = (box: EvalDetection['box'], score: number, categoryId = 2): EvalDetection => ({
  categoryId,
  box,
  score,
});
const ap = (evaluator: CocoEvaluator) => cocoMetrics(evaluator.result())[0].value;

describe('CocoEvaluator', () => {
  it('gives 1 to a perfect detector and prints as COCO does', () => {
    const evaluator = new CocoEvaluator(evalParams('bbox'), categories);
    evaluator.add(1, [truth([0, 0, 50, 50])], [found([0, 0, 50, 50], 0.9)]);
    const result = evaluator.result();
    const metrics = cocoMetrics(result);
    expect(metrics.map(({ value }) => Number(value.toFixed(12)))).toEqual([
      1, 1, 1, -1, 1, -1, 1, 1, 1, -1, 1, -1,
    ]);
    expect(formatMetrics(metrics, result).split('\n')[4]).toBe(
      ' Average Precision  (AP) @[ IoU=0.50:0.95 | area=medium | maxDets=100 ] = 1.000',
    );
    expect(result.categories.map(({ id }) => id)).toEqual([2, 4]);
    expect(cocoMetrics(result, 1)[0].value).toBe(-1);
  });

  it('ignores objects and detections of other categories, and of none', () => {
    const evaluator = new CocoEvaluator(evalParams('bbox'), categories);
    const box = [0, 0, 50, 50] as const;
    const none = { categoryId: undefined } as unknown as { categoryId: number };
    evaluator.add(
      1,
      [truth(box, { categoryId: 7 }), truth(box), truth(box, none), truth(box, { categoryId: Number.NaN })],
      [found(box, 1, 9), { ...found(box, 1), ...none }, found(box, 0.9), found(box, Number.NaN, 1)],
    );
    expect(ap(evaluator)).toBeCloseTo(1, 12);
  });

  it('counts a missed object, a false detection and a wrong class', () => {
    const evaluator = new CocoEvaluator(evalParams('bbox', { iouThresholds: [0.5] }), categories);
    evaluator.add(
      1,
      [truth([0, 0, 10, 10]), truth([50, 50, 10, 10])],
      [found([0, 0, 10, 10], 0.5), found([80, 0, 10, 10], 0.9)],
    );
    // The false one comes first: precision 1/2 up to recall 1/2 (51 of 101 points), nothing beyond.
    expect(ap(evaluator)).toBeCloseTo((0.5 * 51) / 101, 12);
    evaluator.add(2, [], [found([0, 0, 5, 5], 0.99, 4)]);
    expect(ap(evaluator)).toBeCloseTo((0.5 * 51) / 101, 12);
  });

  it('does not depend on the order of the pictures, ties in score included', () => {
    const pictures = [1, 2, 3, 4].map((id) => {
      const box = [id, id, 20, 20] as const;
      return { id, truths: [truth(box)], detections: [found(id % 2 ? box : [60, 60, 9, 9], 0.5)] };
    });
    const results = [pictures, pictures.toReversed()].map((order) => {
      const evaluator = new CocoEvaluator(evalParams('bbox'), categories);
      for (const { id, truths, detections } of order) evaluator.add(id, truths, detections);
      return evaluator.result();
    });
    expect(results[1].precision).toEqual(results[0].precision);
    expect(results[1].scores).toEqual(results[0].scores);
  });

  it('only uses the highest-scoring detections', () => {
    const evaluator = new CocoEvaluator(evalParams('bbox', { maxDetections: [2] }), categories);
    evaluator.add(
      1,
      [truth([0, 0, 9, 9])],
      [found([0, 0, 9, 9], 0.1), found([40, 0, 9, 9], 0.2), found([0, 40, 9, 9], 0.3)],
    );
    expect(ap(evaluator)).toBe(0);
  });

  it('refuses a duplicate picture, a missing mask, and a score that is not a number', () => {
    const evaluator = new CocoEvaluator(evalParams('segm'), categories);
    evaluator.add(1, [], []);
    expect(() => evaluator.add(1, [], [])).toThrow('image 1: was already evaluated');
    const mask = encodeBitmap(Uint8Array.of(1), [1, 1]);
    expect(() => evaluator.add(2, [{ categoryId: 2, mask }], [found([0, 0, 1, 1], 1)])).toThrow(
      'image 2: an object without a mask cannot be evaluated as segm',
    );
    expect(() => evaluator.add(3, [], [found([0, 0, 1, 1], Number.NaN)])).toThrow('image 3: score NaN');
  });

  it('refuses a number of keypoints that differs from the sigmas', () => {
    const evaluator = new CocoEvaluator(evalParams('keypoints', { sigmas: [0.1, 0.1] }), categories);
    const pose = { categoryId: 2, area: 100, keypoints: [1, 1, 2, 5, 5, 2] };
    evaluator.add(1, [pose], [{ ...pose, score: 1 }]);
    expect(ap(evaluator)).toBeCloseTo(1, 12);
    expect(() => evaluator.add(2, [pose], [{ ...pose, keypoints: [1, 1, 2], score: 1 }])).toThrow(
      'image 2: keypoints: expected 2 keypoints (6 numbers), got 3 numbers',
    );
  });
});

describe('evalParams', () => {
  it('refuses impossible values', () => {
    expect(() => evalParams('bbox', { iouThresholds: [] })).toThrow('IoU thresholds: expected one or more');
    expect(() => evalParams('bbox', { iouThresholds: [0.5, 1.5] })).toThrow(
      'IoU thresholds: 1.5 is out of range',
    );
    expect(() => evalParams('bbox', { maxDetections: [0] })).toThrow('numbers of detections: 0');
    expect(() => evalParams('bbox', { areas: [{ name: 'a', min: 5, max: 5 }] })).toThrow('area range "a"');
  });
});
