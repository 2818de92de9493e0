import { describe, expect, it } from 'vitest';
import { interpolateAlong } from './interpolation.ts';

describe('interpolation along one side', () => {
  it('maps the centres of outputs onto the centres of inputs, the border repeated', () => {
    const { before, weight } = interpolateAlong(2, new Float64Array(4));
    expect([...before]).toEqual([0, 0, 0, 1]);
    expect([...weight]).toEqual([0, 0.25, 0.75, 0.25]);
  });

  it('returns the values unchanged if the size stays the same', () => {
    const { before, weight } = interpolateAlong(3, new Float32Array(3));
    expect([...before]).toEqual([0, 1, 2]);
    expect([...weight]).toEqual([0, 0, 0]);
  });

  it('rounds the scale to float32, and the weights to the precision of their array', () => {
    const exact = interpolateAlong(7, new Float64Array(3));
    const scale = Math.fround(7 / 3);
    expect([...exact.weight]).toEqual([0, 1, 2].map((i) => (scale * (i + 0.5) - 0.5) % 1));
    const rounded = interpolateAlong(7, new Float32Array(3));
    expect([...rounded.weight]).toEqual([...exact.weight].map(Math.fround));
  });

  it.each([
    [1, 1],
    [1, 5],
    [12_000, 1_333],
    [30, 4_001],
  ])('keeps weights within 0…1 from %d to %d', (from, to) => {
    const { before, weight } = interpolateAlong(from, new Float64Array(to));
    expect(weight.every((w) => w >= 0 && w < 1)).toBe(true);
    expect(before.every((b) => b >= 0 && b < from)).toBe(true);
  });
});
