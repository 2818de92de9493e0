import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { readTiffDirectories } from './directory.ts';
import { partOfPage, type Rows } from './part-of-page.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const [width, height] = [70, 203];
const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * i) % 251);
const raw = { width, height, channels: 3 } as const;

describe.each([
  ['one strip', { compression: 'none' }, 64],
  ['strips with a predictor', { compression: 'deflate', predictor: 'horizontal' }, 0],
  ['tiles', { compression: 'none', tile: true, tileWidth: 32, tileHeight: 48 }, 48],
  [
    'tiles of a BigTIFF',
    { compression: 'lzw', tile: true, tileWidth: 48, tileHeight: 32, bigtiff: true },
    32,
  ],
] as const)('a page in %s', (_kind, options, blockRows) => {
  test.each<Rows>([
    { top: 0, height: 1 },
    { top: 60, height: 40 },
    { top: 202, height: 1 },
    { top: 0, height },
  ])('has the rows of %j, from a path and from bytes', async (rows) => {
    const file = await sharp(pixels, { raw }).tiff(options).toBuffer();
    for (const source of [folder.write('a.tif', file), new Uint8Array(file)]) {
      const [directory] = await readTiffDirectories(source);
      const part = await partOfPage(source, directory, rows);
      const { data, info } = await sharp(part?.bytes).raw().toBuffer({ resolveWithObject: true });
      const top = part?.top ?? 0;
      expect(top).toBeLessThanOrEqual(rows.top);
      expect(top + info.height).toBeGreaterThanOrEqual(rows.top + rows.height);
      if (blockRows > 0) expect(info.height).toBeLessThan(rows.height + 2 * blockRows);
      const from = 3 * width * top;
      expect(Buffer.compare(data, pixels.subarray(from, from + data.length))).toBe(0);
    }
  });

  test('has its tags without its data', async () => {
    const file = await sharp(pixels, { raw }).tiff(options).toBuffer();
    const [directory] = await readTiffDirectories(file);
    const part = await partOfPage(file, directory, { top: 0, height: 0 });
    expect(part?.bytes.length).toBeLessThan(1000);
    expect(await sharp(part?.bytes).metadata()).toMatchObject({ width, height, channels: 3, depth: 'uchar' });
  });
});
