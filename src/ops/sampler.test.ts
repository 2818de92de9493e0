import { describe, expect, it } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { sampleBalanced } from './sampler.ts';

/** 40 positive, 100 negative, 20 left out. */
const labels = Int32Array.from({ length: 160 }, (_, i) => (i < 40 ? 1 + (i % 3) : i < 140 ? 0 : -1));

describe('the balanced sampler', () => {
  it.each([
    [64, 0.25, 16, 48],
    [256, 0.5, 40, 100],
    [64, 1, 40, 24],
    [7, 0.5, 3, 4],
  ])('of %i with %f positive takes %i and %i', (batchSize, positiveFraction, positives, negatives) => {
    const { positive, negative } = sampleBalanced(labels, { batchSize, positiveFraction }, seededRandom(1));
    expect(positive.length).toBe(positives);
    expect(negative.length).toBe(negatives);
    expect(positive.every((i) => labels[i] > 0)).toBe(true);
    expect(negative.every((i) => labels[i] === 0)).toBe(true);
    expect([...positive]).toEqual([...new Set(positive)].sort((a, b) => a - b));
  });

  it('takes every element equally often', () => {
    const random = seededRandom(2);
    const counts = new Float64Array(labels.length);
    const draws = 4000;
    for (let draw = 0; draw < draws; draw++) {
      const { positive, negative } = sampleBalanced(
        labels,
        { batchSize: 40, positiveFraction: 0.25 },
        random,
      );
      for (const i of [...positive, ...negative]) counts[i]++;
    }
    // 10 of 40 and 30 of 100; five standard deviations of a binomial count.
    counts.forEach((count, i) => {
      const share = labels[i] > 0 ? 10 / 40 : labels[i] === 0 ? 30 / 100 : 0;
      expect(Math.abs(count - draws * share), `element ${i}`).toBeLessThanOrEqual(
        5 * Math.sqrt(draws * share * (1 - share)),
      );
    });
  });

  it('chooses alike from equal seeds', () => {
    const draw = (seed: number) =>
      sampleBalanced(labels, { batchSize: 32, positiveFraction: 0.5 }, seededRandom(seed));
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });
});
