import { describe, expect, it } from 'vitest';
import { roundUp, thin, upperEnd } from './chart-scale.ts';

describe('the scale of curves', () => {
  const points = Array.from({ length: 5000 }, (_, i) => ({ step: i + 1, value: i === 0 ? 1e6 : 1.7 }));

  it('draws few points of many, and all of few', () => {
    const few = thin(points);
    expect(few.length).toBeLessThanOrEqual(600);
    expect(few.at(-1)?.value).toBeCloseTo(1.7);
    expect(thin(points.slice(0, 600))).toEqual(points.slice(0, 600));
    expect(thin([])).toEqual([]);
  });

  it('is not flattened by a first step', () => {
    expect(upperEnd([thin(points)])).toBe(2);
    expect(upperEnd([])).toBe(1);
  });

  it('ends at a round number', () => {
    expect([0, 0.3, 1, 1.1, 2.2, 30, 99].map(roundUp)).toEqual([1, 0.5, 1, 2, 2.5, 50, 100]);
  });
});
