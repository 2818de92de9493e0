import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodePicture } from './decode.ts';
import { foreignName, pictureType } from './picture-formats.ts';

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

/** The start of a HEIF file. */
function heif(brand: string, ...compatible: string[]): Buffer {
  const box = Buffer.from(`....ftyp${brand}\0\0\0\0${compatible.join('')}`, 'latin1');
  box.writeUInt32BE(box.length);
  return Buffer.concat([box, Buffer.from('\0\0\0\x20metaavif', 'latin1')]);
}

test.each([
  ['avif', [], 'AVIF'],
  ['mif1', ['mif1', 'avif', 'miaf'], 'AVIF'],
  ['msf1', ['avis'], 'AVIF'],
  ['heic', ['mif1', 'heic'], 'HEIC'],
  ['mif1', ['mif1', 'heic'], 'HEIC'],
  ['mif1', [], 'HEIC'],
  ['isom', ['avif'], undefined],
] as const)('the brands of HEIF %s %j mean %s', (brand, compatible, format) => {
  const file = heif(brand, ...compatible);
  expect(pictureType(file)).toBe(format === 'AVIF' ? 'image/avif' : null);
  expect(foreignName(file)).toBe(format === 'HEIC' ? 'a HEIC picture' : undefined);
});
