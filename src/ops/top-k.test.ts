import { describe, expect, it } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { sortByScore, topK } from './top-k.ts';

describe('the highest scores', () => {
  it('are those that sorting everything gives, of either sign and many sizes', () => {
    const random = seededRandom(5);
    for (const [count, k] of [
      [5000, 1000],
      [70_000, 1000],
      [300, 299],
      [300, 1],
    ]) {
      const scores = Float32Array.from(
        { length: count },
        () => random.normal() * 10 ** (6 * random.uniform() - 3),
      );
      expect([...topK(scores, k)]).toEqual([...sortByScore(scores).subarray(0, k)]);
    }
  });

  it('are in descending order, from infinity to infinity', () => {
    const scores = Float32Array.of(-0, 1e-45, -Infinity, 0, -1e-45, Infinity, -2, 2, -0, 3e38, -3e38);
    const expected = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b);
    expect([...sortByScore(scores)]).toEqual(expected);
  });

  it('come in the order of their indices where they are equal', () => {
    expect([...topK(Float32Array.of(1, 2, 2, 0, 2, 1), 4)]).toEqual([1, 2, 4, 0]);
    expect([...topK(new Float32Array(100).fill(-3), 3)]).toEqual([0, 1, 2]);
  });

  it('are all of them where there are too few', () => {
    expect([...topK(Float32Array.of(0, 3), 10)]).toEqual([1, 0]);
    expect([...topK(new Float32Array(0), 10)]).toEqual([]);
  });
});
