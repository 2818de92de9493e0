import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodePicture } from '../../../image/decode.ts';
import { pictureType } from './picture-type.ts';

const white = sharp({ create: { width: 4, height: 3, channels: 3, background: '#fff' } });

test.each(['jpeg', 'png', 'webp', 'tiff', 'avif', 'gif'] as const)('detects %s', async (format) => {
  const file = await white.clone().toFormat(format).toBuffer();
  expect(pictureType(file)).toBe(`image/${format}`);
  expect(await decodePicture(file)).toMatchObject({ width: 4, height: 3 });
});

test.each(['', 'GIF', 'RIFF....WAVE', '<svg xmlns="http://www.w3.org/2000/svg"/>', '%PDF-1.7', 'PK\x03\x04'])(
  '%j is not a picture',
  (text) => {
    expect(pictureType(Buffer.from(text, 'latin1'))).toBeNull();
  },
);
