import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { decodePicture } from './decode.ts';
import { openRegions } from './open-regions.ts';
import { cropPicture } from './region.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const size = { width: 60, height: 40 };
const noise = Uint8Array.from({ length: 60 * 40 * 3 }, (_, i) => (i * 7919) % 251);
const picture = () => sharp(noise, { raw: { ...size, channels: 3 } });
const regions = [
  { left: 0, top: 0, width: 25, height: 20 },
  { left: 35, top: 0, width: 25, height: 20 },
  { left: 10, top: 13, width: 25, height: 20 },
  { left: 10, top: 15, width: 5, height: 5 },
];

it.each([
  ['rows.tif', () => picture().tiff({ compression: 'deflate' })],
  ['tiles.tif', () => picture().tiff({ tile: true, tileWidth: 16, tileHeight: 16, compression: 'lzw' })],
  ['deep.tif', () => picture().toColourspace('rgb16').tiff({ compression: 'none' })],
  ['picture.png', () => picture().png()],
  ['picture.jpg', () => picture().jpeg()],
  ['interlaced.png', () => picture().png({ progressive: true })],
])('reads the same pixels from %s in parts as at once', async (name, encode) => {
  const path = folder.at(name);
  await encode().toFile(path);
  const whole = await decodePicture(path);
  const opened = await openRegions(path, { heldPixels: 0 });
  expect(opened.picture).toBeNull();
  expect(opened.regions).toMatchObject(size);
  for (const region of regions) {
    expect(await opened.regions.read(region)).toEqual(cropPicture(whole, region));
  }
  expect((await openRegions(path)).picture).toEqual(whole);
});

it.each(['float-halves', 'float-stated', 'int16', 'int16-stated', 'half', 'lab'])(
  'scales a part of %s as the whole, whatever the part suggests',
  async (name) => {
    const path = fileURLToPath(new URL(`../../test/golden/tiff/${name}.tif`, import.meta.url));
    const whole = await decodePicture(path);
    const { regions: parts } = await openRegions(path, { heldPixels: 0 });
    for (const top of [0, 1]) {
      const rows = { left: 0, top, width: whole.width, height: 4 };
      expect(await parts.read(rows)).toEqual(cropPicture(whole, rows));
    }
  },
);

it('refuses a large picture that is turned, and says what to do', async () => {
  const path = folder.at('turned.jpg');
  await picture().jpeg().withMetadata({ orientation: 6 }).toFile(path);
  await expect(openRegions(path, { heldPixels: 0 })).rejects.toThrow(
    `${path}: has 60×40 pixels and is turned by its EXIF orientation; save it upright`,
  );
});

it('reports damage with the name of the file', async () => {
  const path = folder.at('cut.png');
  const whole = await picture().png().toBuffer();
  folder.write('cut.png', whole.subarray(0, whole.length / 2));
  const { regions } = await openRegions(path, { heldPixels: 0 });
  await expect(regions.read({ left: 0, top: 30, width: 5, height: 10 })).rejects.toThrow(
    new RegExp(`^${path}: is damaged`),
  );
});
