import { expect, test } from 'vitest';
import { decoderMessage } from './open-picture.ts';

test.each([
  ['VipsJpeg: premature end of JPEG image\nVipsJpeg: out of order', 'VipsJpeg: premature end of JPEG image'],
  ['source: bad seek to 3\npngload_buffer: end of stream', 'pngload_buffer: end of stream'],
  ['Input buffer has corrupt header: tiff: no directory', 'tiff: no directory'],
  ['Unknown error', 'the decoder gave no reason'],
])('%j says: %s', (message, shown) => {
  expect(decoderMessage(new Error(message))).toBe(shown);
});
