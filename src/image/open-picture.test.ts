import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decoderMessage, openPicture } from './open-picture.ts';

test.each([
  ['VipsJpeg: premature end of JPEG image\nVipsJpeg: out of order', 'VipsJpeg: premature end of JPEG image'],
  ['source: bad seek to 3\npngload_buffer: end of stream', 'pngload_buffer: end of stream'],
  ['a b.avif: bad seek to 3\nheif: Invalid input\n (2.100)', 'heif: Invalid input'],
  ['Input buffer has corrupt header: tiff: no directory', 'tiff: no directory'],
  ['Unknown error', 'the decoder gave no reason'],
])('%j says: %s', (message, shown) => {
  expect(decoderMessage(new Error(message))).toBe(shown);
});

test('a TIFF that is cut off is damaged', async () => {
  const picture = sharp({ create: { width: 20, height: 20, channels: 3, background: '#123' } });
  const file = await picture.tiff({ compression: 'none' }).toBuffer();
  await expect(openPicture(file.subarray(0, 600), 'a.tif')).rejects.toThrow(
    'a.tif: is damaged (a TIFF without a readable page; it may be cut off)',
  );
});
