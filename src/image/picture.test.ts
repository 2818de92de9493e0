import { expect, test } from 'vitest';
import { type RawPicture, toPicture } from './picture.ts';

test('keeps RGB data without copying it', () => {
  const data = new Uint8Array([1, 2, 3, 4, 5, 6]);
  const picture = toPicture({ width: 2, height: 1, data, channels: 3 });
  expect(picture).toEqual({ width: 2, height: 1, data });
  expect(picture.data.buffer).toBe(data.buffer);
});

test('repeats grey', () => {
  const picture = toPicture({ width: 1, height: 2, data: new Uint8Array([7, 200]), channels: 1 });
  expect([...picture.data]).toEqual([7, 7, 7, 200, 200, 200]);
});

test('lays alpha over white, as for a canvas’ ImageData', () => {
  const data = new Uint8ClampedArray([10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 255, 51]);
  const picture = toPicture({ width: 3, height: 1, data, channels: 4 });
  // 0 · 0.2 + 255 · 0.8 = 204; 100 · 0.2 + 204 = 224.
  expect([...picture.data]).toEqual([10, 20, 30, 255, 255, 255, 204, 224, 255]);
});

test.each<[string, Partial<Record<keyof RawPicture, unknown>>, string]>([
  ['a side of 0', { width: 0 }, 'width must be a whole number of at least 1, got 0'],
  ['a broken side', { height: 1.5 }, 'height must be a whole number of at least 1, got 1.5'],
  ['two channels', { channels: 2 }, 'channels must be 1, 3 or 4, got 2'],
  ['too little data', { data: new Uint8Array(5) }, '2×1 pixels of 3 channels are 6 bytes, got 5'],
  ['floats', { data: new Float32Array(6) }, 'data must be a Uint8Array'],
])('refuses %s', (_, wrong, message) => {
  const good: RawPicture = { width: 2, height: 1, data: new Uint8Array(6), channels: 3 };
  expect(() => toPicture({ ...good, ...wrong } as RawPicture)).toThrow(message);
});
