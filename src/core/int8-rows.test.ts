import { expect, test } from 'vitest';
import { fromInt8Rows, Int8RowsTensor, int8RowsOf, roundToInt8Rows } from './int8-rows.ts';

test('each row is rounded to steps of its largest magnitude', () => {
  const { data, scales } = roundToInt8Rows(Float32Array.of(1.27, -0.013, 0.018, 0, 254, -127, 3, 1), 2);
  expect([...data]).toEqual([127, -1, 2, 0, 127, -63, 2, 1]);
  expect([...scales]).toEqual([Math.fround(1.27) / 127, 2].map(Math.fround));
});

test('what has been rounded stays as it is, and zeros stay zeros', () => {
  const values = Float32Array.from({ length: 40 }, (_, i) => (i < 8 ? 0 : Math.sin(i) * i));
  const first = roundToInt8Rows(values, 5);
  const again = roundToInt8Rows(fromInt8Rows(first.data, first.scales), 5);
  expect(again).toEqual(first);
  expect([...fromInt8Rows(first.data, first.scales).subarray(0, 8)]).toEqual(Array(8).fill(0));
});

test('a tensor in whole numbers gives them as they are, unless they must be smaller', () => {
  const rows = roundToInt8Rows(Float32Array.of(1.27, -0.013, 254, -127), 2);
  const tensor = new Int8RowsTensor([2, 2], rows);
  expect(int8RowsOf(tensor)).toBe(rows);
  expect(tensor.data).toEqual(fromInt8Rows(rows.data, rows.scales));
  expect(int8RowsOf(tensor, 64)).toEqual(roundToInt8Rows(tensor.data, 2, 64));
});
