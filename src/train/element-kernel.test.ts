import { describe, expect, it } from 'vitest';
import { f32x4 } from '../core/wasm.ts';
import { elementKernel } from './element-kernel.ts';

const { add, sub, mul, div, sqrt } = f32x4;

describe('a kernel over arrays', () => {
  const kernel = elementKernel({
    arrays: 2,
    numbers: 2,
    temporaries: 1,
    formula: ({ element, number, temporary }) => [
      { temporary: 0, value: add(mul(element(0), number(0)), number(1)) },
      { array: 1, value: sub(div(temporary(0), element(1)), sqrt(temporary(0))) },
    ],
  });

  it.each([0, 1, 3, 4, 8191, 8192, 8193, 20_000])('computes each of %i elements', (length) => {
    const a = Float32Array.from({ length }, (_, i) => i % 97);
    const b = Float32Array.from({ length }, (_, i) => 1 + (i % 13));
    const { fround } = Math;
    const expected = b.map((divisor, i) => {
      const sum = fround(fround(a[i] * 0.5) + 2);
      return fround(fround(sum / divisor) - fround(Math.sqrt(sum)));
    });
    const before = a.slice();
    kernel([a, b], [0.5, 2]);
    expect(b).toEqual(expected);
    expect(a).toEqual(before);
  });

  it('does not modify the data around a view', () => {
    const whole = new Float32Array(10).fill(7);
    kernel([new Float32Array(5).fill(2), whole.subarray(3, 8)], [1, 2]);
    expect([...whole]).toEqual([7, 7, 7, ...new Array(5).fill(Math.fround(Math.fround(4 / 7) - 2)), 7, 7]);
  });
});
