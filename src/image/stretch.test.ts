import { expect, test } from 'vitest';
import { stretchContrast } from './stretch.ts';

/** One row of grey pixels. */
function row(values: readonly number[]) {
  return { width: values.length, height: 1, data: Uint8Array.from(values.flatMap((v) => [v, v, v])) };
}
const grey = ({ data }: { data: Uint8Array }) => [...data].filter((_, i) => i % 3 === 0);

test('maps the quantiles to black and white', () => {
  const values = Array.from({ length: 101 }, (_, i) => 20 + (i % 101));
  const stretched = grey(stretchContrast(row(values), [0.1, 0.9]));
  // The 10 % quantile of 20…120 is 30, the 90 % one 110.
  expect(stretched[10]).toBe(0);
  expect(stretched[90]).toBe(255);
  expect(stretched[50]).toBe(Math.round((255 * 40) / 80));
  expect(stretched[0]).toBe(0);
  expect(stretched[100]).toBe(255);
});

test('leaves a picture of one value, and the given picture, as they are', () => {
  const flat = row([7, 7, 7]);
  expect(grey(stretchContrast(flat, [0.01, 0.99]))).toEqual([7, 7, 7]);
  const picture = row([10, 20, 30]);
  stretchContrast(picture, [0, 1]);
  expect(grey(picture)).toEqual([10, 20, 30]);
  expect(grey(stretchContrast(picture, [0, 1]))).toEqual([0, 128, 255]);
});
