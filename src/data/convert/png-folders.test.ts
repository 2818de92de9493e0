import { existsSync, rmSync } from 'node:fs';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { UsageError } from '../../core/errors.ts';
import { seededRandom } from '../../core/random.ts';
import { decodeToBitmap } from '../../ops/rle/bitmap.ts';
import { maskOf } from '../coco/truth.ts';
import { converterOf, converters } from './formats.ts';
import { instancePng } from './instance-png.ts';
import { maskFolder } from './mask-folder.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const width = 17;
const height = 11;

/** Overlapping blocks of values from 300 (16 bit) or 1 (8 bit) upwards. */
function labels(first: number): Uint16Array {
  const random = seededRandom(first);
  const values = new Uint16Array(width * height);
  for (let block = 0; block < 6; block++) {
    const [left, top] = [random.integer(width - 5), random.integer(height - 4)];
    for (let y = top; y < top + 4; y++) values.fill(first + block, y * width + left, y * width + left + 5);
  }
  return values;
}

describe('instance PNGs', () => {
  const deep = labels(300);
  const shallow = labels(1);
  beforeAll(async () => {
    folder.write('labels/b_cp_masks.png', encode({ width, height, channels: 1, depth: 16, data: deep }));
    folder.write('labels/sub/a.png', encode({ width, height, channels: 1, data: Uint8Array.from(shallow) }));
    await folder.picture('photos/b.jpg', width, height);
    await folder.picture('photos/a.tif', width, height);
  });

  test('round trip: the masks of 8 and 16 bit give back every value', async () => {
    const { dataset } = await instancePng.convert(folder.at('labels'), { category: 'cell' });
    expect(dataset.categories).toEqual([{ id: 1, name: 'cell' }]);
    expect(dataset.images.map(({ file_name }) => file_name)).toEqual(['b_cp_masks.png', 'sub/a.png']);
    for (const [index, values] of [deep, shallow].entries()) {
      const image = dataset.images[index];
      const present = [...new Set(values)].filter((value) => value > 0).sort((a, b) => a - b);
      const objects = dataset.annotations.filter(({ image_id }) => image_id === image.id);
      expect(objects).toHaveLength(present.length);
      const rebuilt = new Uint16Array(values.length);
      for (const [i, object] of objects.entries()) {
        decodeToBitmap(maskOf(object, image)).forEach((inside, at) => {
          if (inside === 1) rebuilt[at] = present[i];
        });
      }
      expect(rebuilt).toEqual(values);
    }
  });

  test('pictures of the same name, less the ending of the label image', async () => {
    const { images } = (await instancePng.convert(folder.at('labels'), { images: folder.at('photos') }))
      .dataset;
    expect(images.map(({ file_name }) => file_name)).toEqual(['b.jpg', 'a.tif']);
  });

  test('a colour PNG, no PNG, no picture', async () => {
    folder.write('colour/a.png', encode({ width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) }));
    await expect(instancePng.convert(folder.at('colour'), {})).rejects.toThrow(
      'a.png: expected object numbers',
    );
    await expect(instancePng.convert(folder.at('photos'), {})).rejects.toThrow(
      'photos: expected PNG files, got none',
    );
    await folder.picture('some/a.png', width, height);
    const { dataset, skipped } = await instancePng.convert(folder.at('labels'), {
      images: folder.at('some'),
    });
    expect(dataset.images).toMatchObject([{ file_name: 'a.png' }]);
    await expect(instancePng.convert(folder.at('labels'), { images: folder.at('colour') })).rejects.toThrow(
      `${folder.at('labels/sub/a.png')}: expected 1×1 as a.png has, got ${width}×${height}`,
    );
    expect(Object.keys(skipped)).toEqual([expect.stringMatching(/^picture \(b\.\*\): no such picture in /)]);
    await expect(instancePng.convert(folder.at('none'), {})).rejects.toThrow(
      'none: expected a folder that can be listed',
    );
  });
});

describe('folders of masks', () => {
  const bitmaps = ['2', '1'].map((name, index) => ({
    name,
    values: labels(1).map((value) => (value === index + 1 ? 255 : 0)),
  }));
  beforeAll(async () => {
    await folder.picture('bowl/id1/images/id1.png', width, height);
    await folder.picture('bowl/id0/images/id0.png', 3, 3);
    for (const { name, values } of bitmaps) {
      folder.write(
        `bowl/id1/masks/${name}.png`,
        encode({ width, height, channels: 1, data: Uint8Array.from(values) }),
      );
    }
    folder.write(
      'bowl/id1/masks/empty.png',
      encode({ width, height, channels: 1, data: new Uint8Array(width * height) }),
    );
  });

  test('round trip: each mask is one object, in the order of the files', async () => {
    const { dataset, skipped } = await maskFolder.convert(folder.at('bowl'), { category: 'nucleus' });
    expect(skipped).toEqual({ 'masks without a pixel': 1 });
    expect(dataset.images).toEqual([
      { id: 1, file_name: 'id0/images/id0.png', width: 3, height: 3 },
      { id: 2, file_name: 'id1/images/id1.png', width, height },
    ]);
    const masks = dataset.annotations.map((object) => decodeToBitmap(maskOf(object, { width, height })));
    const sorted = bitmaps.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(masks).toEqual(
      sorted.map(({ values }) => Uint8Array.from(values, (value) => (value > 0 ? 1 : 0))),
    );
    expect(dataset.annotations.every(({ image_id }) => image_id === 2)).toBe(true);
  });

  test('masks without a picture are counted', async () => {
    await folder.picture('lone/id0/images/id0.png', 3, 3);
    for (const id of ['id0', 'id1'])
      folder.write(
        `lone/${id}/masks/a.png`,
        encode({ width: 3, height: 3, channels: 1, data: new Uint8Array(9).fill(1) }),
      );
    const { dataset, skipped } = await maskFolder.convert(folder.at('lone'), {});
    expect(dataset.annotations).toHaveLength(1);
    expect(skipped).toEqual({ [`picture (id1/images/*): no such picture in ${folder.at('lone')}`]: 1 });
  });

  test('a mask of another size, folders without masks or pictures', async () => {
    folder.write('odd/id0/masks/a.png', encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(1) }));
    await folder.picture('odd/id0/images/id0.png', 3, 3);
    await expect(maskFolder.convert(folder.at('odd'), {})).rejects.toThrow(
      'id0/masks/a.png: expected 3×3 as id0/images/id0.png has, got 1×1',
    );
    folder.write('odd/id0/mask/a.png', '');
    rmSync(folder.at('odd/id0/masks'), { recursive: true });
    await expect(maskFolder.convert(folder.at('odd'), {})).rejects.toThrow(
      `${folder.at('odd/id0/masks')}: expected PNG masks of id0/images/id0.png, got none, as for all other pictures`,
    );
    await folder.picture('flat/a.png', 3, 3);
    await expect(maskFolder.convert(folder.at('flat'), {})).rejects.toThrow(
      'expected pictures ID/images/*.png, got none',
    );
  });
});

describe('the table of formats', () => {
  test('lists each format once, each with its own test', () => {
    const formats = converters.map(({ format }) => format);
    expect(formats).toEqual(['labelme', 'via', 'voc', 'yolo', 'cvat', 'masks', 'instance-png']);
    for (const format of formats.slice(0, 5)) {
      expect(existsSync(new URL(`./${format}.test.ts`, import.meta.url))).toBe(true);
    }
    for (const converter of converters) expect(converterOf(converter.format)).toBe(converter);
  });

  test('an unknown format is a usage error that lists them', () => {
    expect(() => converterOf('coco')).toThrow(UsageError);
    expect(() => converterOf('coco')).toThrow(
      'format: expected one of labelme, via, voc, yolo, cvat, masks, instance-png, got "coco"',
    );
  });

  test('an unknown option is refused before anything is read', async () => {
    await expect(converterOf('labelme').convert('missing', { image: 'pictures' } as object)).rejects.toThrow(
      'convert: unknown option image; did you mean images?',
    );
  });
});
