import sharp from 'sharp';
import { expect, test } from 'vitest';
import { InputError, UsageError } from '../core/errors.ts';
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

test.each([
  ['data:image/png;base64,iVBORw0KGgo=', /^data:\S+: is a data URL, .* give its bytes: Buffer\.from\(/],
  [`data:image/png;base64,${'A'.repeat(1e6)}`, /^data:\S+…A+: is a data URL, /],
  ['A'.repeat(1e6), /^A+…A+: is too long for a path; .* Buffer\.from\(source, 'base64'\)$/],
  ['file:///tmp/a.png', /^file:\S+: is a file URL, .* fileURLToPath\(source\)$/],
  ['ftp://example.org/a.png', /^ftp:\S+: is an address that is not read; /],
  ['no/such.png', /^no\/such\.png: no such file$/],
])('text that is not a path has a short message with the remedy', async (source, message) => {
  const error = await openPicture(source, source).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).message).toMatch(message);
  expect((error as InputError).message.length).toBeLessThan(400);
});

test.each([
  [undefined, 'undefined'],
  [5, '5'],
  [new URL('file:///tmp/a.png'), 'URL'],
  [new ArrayBuffer(1), 'ArrayBuffer'],
])('%s is not a picture file', async (source, got) => {
  await expect(openPicture(source as never, 'picture in memory')).rejects.toThrow(
    new UsageError(
      `a picture file is a path, an http(s) address or the bytes of a file (Uint8Array); got ${got}`,
    ),
  );
});

test('a TIFF that is cut off is damaged', async () => {
  const picture = sharp({ create: { width: 20, height: 20, channels: 3, background: '#123' } });
  const file = await picture.tiff({ compression: 'none' }).toBuffer();
  await expect(openPicture(file.subarray(0, 600), 'a.tif')).rejects.toThrow(
    'a.tif: is damaged (a TIFF without a readable page; it may be cut off)',
  );
});
