import sharp from 'sharp';
import { expect, test } from 'vitest';
import { UsageError } from '../core/errors.ts';
import { drawClasses } from './draw-classes.ts';

const classes = { width: 2, height: 1, classes: Uint8Array.of(0, 1) };

test('draws the classes over the background, also of raw pixels', async () => {
  const picture = { width: 2, height: 1, data: new Uint8Array(6).fill(50) };
  const pixels = (png: Uint8Array) => sharp(png).raw().toBuffer();
  const drawn = await pixels(await drawClasses(picture, classes));
  expect([...drawn.subarray(0, 3)]).toEqual([50, 50, 50]);
  expect([...drawn.subarray(3)]).not.toEqual([50, 50, 50]);
  const grey = { width: 2, height: 1, data: Uint8Array.of(50, 50), channels: 1 } as const;
  expect(await pixels(await drawClasses(grey, classes))).toEqual(drawn);
});

test('refuses a picture of another size', async () => {
  const picture = { width: 1, height: 2, data: new Uint8Array(6) };
  await expect(drawClasses(picture, classes)).rejects.toThrow(
    new UsageError('drawClasses: the classes are 2×1, the picture 1×2'),
  );
});
