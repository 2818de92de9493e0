import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodePicture } from './decode.ts';
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

test('keeps the levels of 12 bits in 16 until they are stretched', async () => {
  const levels = 4096;
  const ramp = Uint16Array.from({ length: levels }, (_, i) => i);
  const png = await sharp(ramp, { raw: { width: levels, height: 1, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  const picture = await decodePicture(png);
  expect(new Set(picture.deep).size).toBe(levels);
  expect(new Set(picture.data).size).toBe(16);
  expect(new Set(stretchContrast(picture, [0, 1]).data).size).toBe(256);
});

test('gives the same result for a picture that was rescaled to 12 bits in 16', () => {
  const picture = row([3, 50, 90, 91, 200, 255]);
  const deep = Uint16Array.from(picture.data, (value) => 16 * value);
  const rescaled = { ...picture, data: Uint8Array.from(deep, (value) => value >> 8), deep };
  expect(stretchContrast(rescaled, [0.2, 0.9])).toEqual(stretchContrast(picture, [0.2, 0.9]));
});
