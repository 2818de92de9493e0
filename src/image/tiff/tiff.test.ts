import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { tiffStack } from '../../../test/support/tiff-stack.ts';
import { countPages, decodePicture, firstPageSize, pictureSize } from '../decode.ts';
import { openRegions } from '../open-regions.ts';
import { tag } from './tags.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

interface GoldenCase {
  file: string;
  choice: { page?: number; channel?: number | string };
  bits: 8 | 16;
  pixels: number[];
}

const at = (name: string) => fileURLToPath(new URL(`../../../test/golden/tiff/${name}`, import.meta.url));
/** Written by test/oracle/tiff.py. */
const golden = Object.entries(
  JSON.parse(readFileSync(at('expected.json'), 'utf8')) as Record<string, GoldenCase>,
);

/** Values that differ from Pillow's by rounding: its colour conversions use tables. */
const tolerance: Record<string, number> = { ycbcr: 1, lab: 3, 'jpeg-strips': 1, 'jpeg-tiles': 1, rgba: 1 };

describe('TIFFs as tifffile reads them', () => {
  test.each(golden)('%s', async (name, { file, choice, bits, pixels }) => {
    for (const source of [at(file), new Uint8Array(readFileSync(at(file)))]) {
      // Of bytes, the name is what OME-XML may refer to.
      const { width, height, data, deep } = await decodePicture(
        source,
        typeof source === 'string' ? choice : { ...choice, name: file },
      );
      const values = bits === 16 ? deep : data;
      expect(values).toHaveLength(3 * width * height);
      const channels = pixels.length / (width * height);
      const got = [...(values ?? [])];
      const expected = got.map((_, i) => (channels === 3 ? pixels[i] : pixels[Math.floor(i / 3)]));
      const off = got.map((value, i) => Math.abs(value - expected[i]));
      expect(Math.max(...off)).toBeLessThanOrEqual(tolerance[name] ?? 0);
      if (bits === 16) expect([...data]).toEqual(expected.map((value) => value >> 8));
    }
  });

  test('stacks have as many pages as slices and times, without thumbnails', async () => {
    const names = ['pages', 'ome', 'imagej', 'thumbnail', 'rgb16'];
    const counts = names.map((name) => countPages(at(`${name}.tif`)));
    expect(await Promise.all(counts)).toEqual([3, 2, 2, 1, 1]);
  });

  test('of the images of an OME-TIFF, and of an OME-TIFF in several files, the pages in this file count', async () => {
    const names = ['ome-images', 'ome-shuffled', 'ome-time-1', 'imagej-one-page'];
    const counts = names.map((name) => countPages(at(`${name}.tif`)));
    expect(await Promise.all(counts)).toEqual([3, 3, 1, 3]);
  });
});

test.each([
  ['pages', {}, 'has 3 pages; choose one (page, --page N), or predict all (--page all)'],
  ['pages', { page: 4 }, 'has no page 4; it has 3 pages, counted from 1'],
  ['ome', { page: 1 }, 'has 3 channels (DAPI, GFP, RFP); choose one (channel, --channel N)'],
  ['ome', { page: 1, channel: 'GFPx' }, 'has no channel GFPx (did you mean GFP?)'],
  ['ome-images', { page: 1 }, 'has 2 channels (DAPI, GFP); choose one'],
  ['ome-blocks', { page: 1 }, 'has 2 channels (DAPI > 1, GFP); choose one'],
  [
    'ome-time-0',
    { page: 2 },
    'has no page 2; it has 1 page, counted from 1; other planes are in ome-time-1.tif',
  ],
  ['five', {}, 'has 5 channels (1, 2, 3, 4, 5); choose one (channel, --channel N)'],
  ['five', { channel: 6 }, 'has no channel 6; it has 5, counted from 1'],
  [
    'five-planes',
    { channel: 2 },
    'has its channels as separate planes of one page; save each channel as a page',
  ],
  ['two', {}, 'has 2 channels (1, 2); choose one (channel, --channel N)'],
  ['rgb16', { page: 2 }, 'has no page 2; it has 1 page, counted from 1'],
  ['int16-channels', {}, 'has 2 channels (1, 2); choose one'],
])('%s with %j is refused: %s', async (name, choice, problem) => {
  const path = at(`${name}.tif`);
  await expect(decodePicture(path, choice)).rejects.toThrow(`${path}: has `);
  await expect(decodePicture(path, choice)).rejects.toThrow(problem);
  if (Object.keys(choice).length === 0) {
    await expect(pictureSize(path)).rejects.toThrow(problem);
  }
});

test.each([
  ['ome-channel-0', { channel: 'GFP' }, 'does not contain that plane; it is in ome-channel-1.tif'],
  [
    'ome-renamed',
    { channel: 'DAPI' },
    'has OME-XML whose planes are in other files, ome-channel-0.tif, ome-channel-1.tif; if it was renamed, give it the name that it had',
  ],
  [
    'ome-cut',
    { page: 3, channel: 2 },
    'does not contain that plane: its OME-XML says that it is page 6, and it has 5',
  ],
])('%s with %j is refused: %s', async (name, choice, problem) => {
  const path = at(`${name}.tif`);
  await expect(decodePicture(path, choice)).rejects.toThrow(`${path}: ${problem}`);
});

test('of a slide with its label, the slide is read unless another page is chosen', async () => {
  const image = (name: string, page: number) =>
    `<Image Name="${name}"><Pixels SizeX="4" SizeY="3"><TiffData IFD="${page}"/></Pixels></Image>`;
  const description = `<OME>${image('slide', 0)}${image('label', 1)}</OME>`;
  const file = tiffStack([new Uint8Array(12), new Uint8Array(12).fill(9)], {
    ...{ width: 4, height: 3, description },
  });
  expect(await countPages(file)).toBe(2);
  expect((await decodePicture(file)).data[0]).toBe(0);
  expect((await decodePicture(file, { page: 2 })).data[0]).toBe(9);
});

test('the size of a file is known without choosing a plane', async () => {
  const names = ['ome-channel-1', 'ome-renamed', 'five', 'imagej'];
  const sizes = names.map((name) => firstPageSize(at(`${name}.tif`)));
  const [small, large] = [
    { width: 4, height: 3 },
    { width: 7, height: 5 },
  ];
  expect(await Promise.all(sizes)).toEqual([small, small, large, large]);
});

test('an image of an ImageJ stack of one page that is cut off', async () => {
  const whole = readFileSync(at('imagej-one-page.tif'));
  const choice = { page: 3, channel: 2 };
  const path = folder.write('cut.tif', whole.subarray(0, whole.length - 1));
  for (const source of [path, new Uint8Array(readFileSync(path))]) {
    await expect(decodePicture(source, choice)).rejects.toThrow(
      'does not contain image 6 of its ImageJ description; it may be cut off',
    );
    expect(await decodePicture(source, { page: 2, channel: 2 })).toMatchObject({ width: 4, height: 3 });
  }
});

test('a page that was taken out of an ImageJ stack with its description is one page', async () => {
  for (const sizes of ['images=10', 'images=6\nchannels=2\nslices=3']) {
    const description = `ImageJ=1.53t\n${sizes}\n`;
    const file = tiffStack([new Uint8Array(35).fill(7)], { width: 7, height: 5, description });
    expect(await countPages(file)).toBe(1);
    expect((await decodePicture(file)).data[0]).toBe(7);
  }
});

test.each(['float-unknown', 'int16-negative'])(
  '%s is refused: black and white are not known',
  async (name) => {
    const problem =
      /: has samples from -\S+ to \S+, of which black and white are not known; rescale them to 0…1 or to unsigned 16 bits$/;
    await expect(decodePicture(at(`${name}.tif`))).rejects.toThrow(problem);
  },
);

describe('TIFFs that libvips would read as black, wrongly or without saying what to do', () => {
  test.each([
    [
      'zstd-tiles',
      'is compressed with Zstandard, which is unsupported in TIFF; save it with LZW or Deflate compression',
    ],
    ['lzma-strips', 'is compressed with LZMA'],
    ['jpeg2000-tiles', 'is compressed with JPEG 2000'],
    ['lerc-strips', 'is compressed with LERC'],
    ['jpegxl-tiles', 'is compressed with JPEG XL'],
    ['jpeg-small-tiles', 'has JPEG tiles of 16×16 pixels, which are unsupported; save it with larger tiles'],
    ['twelve', 'has samples of 12 bits, which are unsupported; save it with 8 or 16 bits'],
    ['packbits-predictor', 'is compressed with PackBits and a predictor, which is unsupported'],
    [
      'planes-of-tiles',
      'has separate planes of tiles, which are unsupported; save it with interleaved samples',
    ],
    ['slices', 'has 3 slices in one page (ImageDepth), which is unsupported; save each slice as a page'],
    ['sparse', 'has tiles without data (a sparse TIFF), which are unsupported; save it with all tiles'],
  ])('%s: %s', async (name, problem) => {
    await expectRefusal(at(`${name}.tif`), problem);
  });

  test('tiles that are damaged, or beyond the end of the file', async () => {
    const whole = readFileSync(at('private-tags.tif'));
    folder.write('cut.tif', whole.subarray(0, whole.length - 200));
    await expectRefusal(folder.at('cut.tif'), 'is damaged (tiff2vips: Read error');
    folder.write('flipped.tif', whole.fill(0xff, whole.length - 400, whole.length - 300));
    await expectRefusal(folder.at('flipped.tif'), 'is damaged (tiff2vips: ');
  });

  /** Of the whole picture and of its parts. */
  async function expectRefusal(path: string, problem: string) {
    const message = `${path}: ${problem}`;
    await expect(decodePicture(path)).rejects.toThrow(message);
    const inParts = openRegions(path, { heldPixels: 0 }).then(({ regions }) =>
      regions.read({ left: 0, top: 0, width: regions.width, height: regions.height }),
    );
    await expect(inParts).rejects.toThrow(message);
  }
});

test.each([1, 8])('%d bits without PhotometricInterpretation', async (bits) => {
  const file = tiffStack([new Uint8Array(35)], { width: 7, height: 5 });
  const view = new DataView(file.buffer);
  // The header and a description of 2 bytes, then the tags; the third is BitsPerSample, the fifth is to be another.
  const tags = 10 + 2;
  view.setUint32(tags + 2 * 12 + 8, bits, true);
  expect(view.getUint16(tags + 4 * 12, true)).toBe(tag.photometric);
  view.setUint16(tags + 4 * 12, 263, true);
  await expect(decodePicture(file, { name: 'a.tif' })).rejects.toThrow('a.tif: is damaged (tiff2vips: ');
});

test('a tag whose value is not in the file does not hide the pages', async () => {
  const stack = tiffStack([new Uint8Array(35), new Uint8Array(35)], {
    ...{ width: 7, height: 5 },
    description: 'a stack',
  });
  // The first page's directory follows the header and the description of 8 bytes; its sixth tag is the description.
  const at = 16 + 2 + 5 * 12;
  const view = new DataView(stack.buffer);
  expect(view.getUint16(at, true)).toBe(tag.description);
  view.setUint32(at + 8, 2 ** 31, true);
  await expect(decodePicture(stack, { name: 'a.tif' })).rejects.toThrow('a.tif: has 2 pages; choose one');
  expect(await decodePicture(stack, { page: 2 })).toMatchObject({ width: 7, height: 5 });
});
