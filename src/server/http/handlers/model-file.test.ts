import { expect, test } from 'vitest';
import { parseRange } from './model-file.ts';

test.each([
  ['bytes=0-99', { start: 0, end: 99 }],
  ['bytes=900-', { start: 900, end: 999 }],
  ['bytes=900-5000', { start: 900, end: 999 }],
  ['bytes=-100', { start: 900, end: 999 }],
  ['bytes=-5000', { start: 0, end: 999 }],
])('%s of 1000 bytes', (header, range) => {
  expect(parseRange(header, 1000)).toEqual(range);
});

test.each([undefined, '', 'bytes=-', 'bytes=9-3', 'bytes=0-1,5-6', 'lines=0-1'])(
  '%s requests the whole file',
  (header) => {
    expect(parseRange(header, 1000)).toBeNull();
  },
);

test.each(['bytes=1000-', 'bytes=2000-3000', 'bytes=-0'])('%s of 1000 bytes is out of range', (header) => {
  expect(() => parseRange(header, 1000)).toThrow(/the file has 1000 bytes/);
});
