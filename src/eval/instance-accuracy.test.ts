import { describe, expect, it } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { InstanceAccuracyEvaluator, largestMatching } from './instance-accuracy.ts';
import { evalParams } from './params.ts';

const truth = (x: number, more = {}) => ({ categoryId: 1, box: [x, 0, 10, 10] as const, ...more });
const found = (x: number, score = 0.9, width = 10) => ({
  categoryId: 1,
  box: [x, 0, width, 10] as const,
  score,
});
const params = evalParams('bbox', { iouThresholds: [0.5, 0.75] });

describe('instance accuracy', () => {
  it('counts TP, FP and FN at each threshold, pooled and by picture', () => {
    const evaluator = new InstanceAccuracyEvaluator(params);
    // IoU 1; IoU 6/10; no object there; and one below the score threshold.
    evaluator.add(
      1,
      [truth(0), truth(20), truth(40)],
      [found(0), found(20, 0.8, 6), found(80), found(40, 0.4)],
    );
    evaluator.add(2, [truth(0)], [found(0)]);
    evaluator.add(3, [], []);
    const { thresholds, meanPooled } = evaluator.result();
    expect(thresholds[0]).toMatchObject({
      truePositives: 3,
      falsePositives: 1,
      falseNegatives: 1,
      pooled: 3 / 5,
    });
    expect(thresholds[1]).toMatchObject({
      truePositives: 2,
      falsePositives: 2,
      falseNegatives: 2,
      pooled: 2 / 6,
    });
    expect(thresholds[0].perPicture).toBeCloseTo((2 / 4 + 1 + 1) / 3, 12);
    expect(meanPooled).toBeCloseTo((3 / 5 + 2 / 6) / 2, 12);
  });

  it('leaves crowds out, and detections inside them', () => {
    const evaluator = new InstanceAccuracyEvaluator(params);
    const crowd = { categoryId: 1, box: [0, 0, 100, 100] as const, crowd: true };
    evaluator.add(1, [crowd, truth(200)], [found(10), found(30), found(200)]);
    expect(evaluator.result().thresholds[0]).toMatchObject({
      truePositives: 1,
      falsePositives: 0,
      falseNegatives: 0,
    });
  });

  it('keeps classes apart', () => {
    const evaluator = new InstanceAccuracyEvaluator(params);
    evaluator.add(1, [truth(0)], [{ ...found(0), categoryId: 2 }]);
    expect(evaluator.result().thresholds[0]).toMatchObject({
      truePositives: 0,
      falsePositives: 1,
      falseNegatives: 1,
    });
  });

  it('finds as many pairs as trying every assignment does', () => {
    const random = seededRandom(11);
    for (let trial = 0; trial < 300; trial++) {
      const [detections, truths] = [1 + random.integer(5), 1 + random.integer(5)];
      const similarity = Float64Array.from({ length: detections * truths }, () => random.uniform());
      const matches = largestMatching(similarity, detections, truths, 0.6);
      const used = matches.filter((match) => match >= 0);
      expect(new Set(used).size).toBe(used.length);
      for (const [d, match] of matches.entries())
        if (match >= 0) expect(similarity[d * truths + match]).toBeGreaterThanOrEqual(0.6);
      const most = (d: number, free: readonly number[]): number =>
        d === detections
          ? 0
          : Math.max(
              most(d + 1, free),
              ...free
                .filter((t) => similarity[d * truths + t] >= 0.6)
                .map(
                  (t) =>
                    1 +
                    most(
                      d + 1,
                      free.filter((other) => other !== t),
                    ),
                ),
            );
      expect(used.length).toBe(
        most(
          0,
          Array.from({ length: truths }, (_, t) => t),
        ),
      );
    }
  });
});
