import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeJob } from './decode-job.ts';

/** Pages of one grey level each. */
async function stack(...levels: number[]): Promise<Buffer> {
  const pages = levels.map((level) =>
    sharp({ create: { width: 4, height: 3, channels: 3, background: { r: level, g: 9, b: 0 } } })
      .png()
      .toBuffer(),
  );
  return sharp(await Promise.all(pages), { join: { animated: true } })
    .tiff({ compression: 'lzw' })
    .toBuffer();
}

test('decodes the page and channel of a request', async () => {
  const picture = await stack(10, 20, 30);
  const decoded = await decodeJob({ picture, fileName: null, plane: { page: 2, channel: 1 } }, 1000);
  expect(decoded).toMatchObject({ width: 4, height: 3 });
  expect('data' in decoded && [...decoded.data.subarray(0, 3)]).toEqual([20, 20, 20]);
});

test.each([
  [{}, 'stack.tif: has 3 pages; choose one (page, --page N), or predict all (--page all)'],
  [{ page: 4 }, 'stack.tif: has no page 4; it has 3 pages, counted from 1'],
])('refuses a stack with the choice %j', async (plane, detail) => {
  const picture = await stack(10, 20, 30);
  expect(await decodeJob({ picture, fileName: 'stack.tif', plane }, 1000)).toEqual({
    outcome: 'refused',
    problem: 'damaged-picture',
    detail,
  });
});
