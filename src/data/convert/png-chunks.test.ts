import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeLabelPng } from './label-png.ts';

const chunk = (type: string, content: Uint8Array) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(type, 'latin1'), content, Buffer.alloc(4)]);
};
const zeros = deflateSync(Buffer.alloc(64 * 2 ** 20));
const png = await sharp(Buffer.alloc(600, 3), { raw: { width: 30, height: 20, channels: 1 } })
  .toColourspace('b-w')
  .png()
  .toBuffer();
const headerEnd = 33;
const withChunk = (added: Uint8Array) =>
  Buffer.concat([png.subarray(0, headerEnd), added, png.subarray(headerEnd)]);

test('image data that inflates beyond its header is refused', () => {
  const bomb = Buffer.concat([
    png.subarray(0, headerEnd),
    chunk('IDAT', zeros),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  expect(() => decodeLabelPng(bomb, 'a.png')).toThrow(
    /^a\.png: expected a PNG file \(its image data is more than the \d+ bytes of its header\)$/,
  );
});

test('colour profiles and texts, however large, are passed over', () => {
  for (const type of ['iCCP', 'zTXt', 'eXIf']) {
    const content = Buffer.concat([Buffer.from('name\0\0'), zeros]);
    expect([...decodeLabelPng(withChunk(chunk(type, content)), 'a.png').values]).toEqual([
      ...Buffer.alloc(600, 3),
    ]);
  }
});
