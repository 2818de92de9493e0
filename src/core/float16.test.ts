import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goldenPath } from '../../test/support/golden-weights.ts';
import { float16Bits, float16Value } from './float16.ts';

describe('float16Bits', () => {
  it('rounds edges, ties and random values as torch does', () => {
    const golden = JSON.parse(readFileSync(goldenPath('float16.json'), 'utf8')) as Record<string, number[]>;
    const values = new Float32Array(Uint32Array.from(golden.float32!).buffer);
    expect(Array.from(values, float16Bits)).toEqual(golden.float16);
  });

  it('gives NaN a NaN', () => {
    expect(float16Value(float16Bits(NaN))).toBeNaN();
  });
});

describe('float16Value', () => {
  it('is the inverse of float16Bits for every value that is a number', () => {
    const numbers = Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
      (bits) => !Number.isNaN(float16Value(bits)),
    );
    expect(numbers).toHaveLength(2 * 31 * 1024 + 2);
    expect(numbers.filter((bits) => float16Bits(float16Value(bits)) !== bits)).toEqual([]);
  });
});
