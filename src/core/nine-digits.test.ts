import { expect, test } from 'vitest';
import { nineDigits } from './nine-digits.ts';
import { seededRandom } from './random.ts';

test('a float32 survives, in at most nine digits', () => {
  const random = seededRandom(1);
  for (let i = 0; i < 1000; i++) {
    const value = Math.fround(random.uniform());
    expect(Math.fround(nineDigits(value))).toBe(value);
  }
  expect(String(nineDigits(Math.fround(0.1)))).toBe('0.100000001');
});
