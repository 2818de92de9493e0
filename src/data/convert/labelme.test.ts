import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { maskOf } from '../coco/truth.ts';
import { labelme } from './labelme.ts';

const folder = new TestFolder();
beforeAll(async () => {
  await folder.picture('set/pictures/b.jpg', 50, 40);
  await folder.picture('set/pictures/a.jpg', 30, 20);
});
afterAll(() => folder.remove());

const square = [
  [10, 5],
  [20, 5],
  [20, 15],
  [10, 15],
];
const file = {
  version: '5.5.0',
  flags: {},
  imageData: null,
  imageHeight: 40,
  imageWidth: 50,
  imagePath: '..\\pictures\\b.jpg',
};
const polygon = { label: 'dog', points: square, group_id: null, shape_type: 'polygon', flags: {} };

function write(name: string, shapes: object[], changes: object = {}) {
  return folder.write(`${name}/${name}.json`, { ...file, ...changes, shapes });
}

describe('labelme', () => {
  test('a folder: categories by name, images by file, picture paths beside the JSON', async () => {
    folder.write('set/json/2.json', { ...file, shapes: [polygon, { ...polygon, label: 'cat' }] });
    folder.write('set/json/1.json', {
      ...file,
      imagePath: '../pictures/a.jpg',
      imageHeight: null,
      imageWidth: null,
      shapes: [],
    });
    const { dataset, skipped } = await labelme.convert(folder.at('set/json'), {});
    expect(skipped).toEqual({});
    expect(dataset.categories).toEqual([
      { id: 1, name: 'cat' },
      { id: 2, name: 'dog' },
    ]);
    expect(dataset.images).toEqual([
      { id: 1, file_name: '../pictures/a.jpg', width: 30, height: 20 },
      { id: 2, file_name: '../pictures/b.jpg', width: 50, height: 40 },
    ]);
    expect(dataset.annotations).toEqual([
      {
        id: 1,
        image_id: 2,
        category_id: 2,
        segmentation: [square.flat()],
        bbox: [10, 5, 10, 10],
        area: 100,
        iscrowd: 0,
      },
      {
        id: 2,
        image_id: 2,
        category_id: 1,
        segmentation: [square.flat()],
        bbox: [10, 5, 10, 10],
        area: 100,
        iscrowd: 0,
      },
    ]);
    const within = await labelme.convert(folder.at('set/json'), { images: folder.at('set/pictures') });
    expect(within.dataset.images.map(({ file_name }) => file_name)).toEqual(['a.jpg', 'b.jpg']);
  });

  test('a rectangle by any two corners, a circle by its centre and an edge point', async () => {
    const path = write('shapes', [
      {
        ...polygon,
        shape_type: 'rectangle',
        points: [
          [20, 15],
          [10, 5],
        ],
      },
      {
        ...polygon,
        shape_type: 'circle',
        points: [
          [25, 20],
          [28, 24],
        ],
      },
    ]);
    const [rectangle, circle] = (await labelme.convert(path, {})).dataset.annotations;
    expect(rectangle.segmentation).toEqual([square.flat()]);
    expect(circle.bbox?.map((side) => Math.round(side * 10) / 10)).toEqual([20, 15, 10, 10]);
    expect(Math.abs(circle.area! - Math.PI * 25)).toBeLessThan(5);
  });

  test('shapes of one group and label are one object, also of rings and masks', async () => {
    const grouped = { ...polygon, group_id: 3 };
    const bitmap = Uint8Array.of(255, 0, 0, 255, 255, 255);
    const mask = Buffer.from(encode({ width: 3, height: 2, data: bitmap, channels: 1 })).toString('base64');
    const masked = {
      ...polygon,
      shape_type: 'mask',
      points: [
        [40.6, 30.2],
        [42.6, 31.2],
      ],
      mask,
    };
    const path = write('groups', [
      grouped,
      {
        ...grouped,
        points: [
          [1, 1],
          [4, 1],
          [4, 4],
        ],
      },
      { ...grouped, label: 'cat' },
      masked,
      { ...masked, group_id: 7 },
      { ...grouped, group_id: 7 },
    ]);
    const { annotations } = (await labelme.convert(path, {})).dataset;
    expect(annotations).toHaveLength(4);
    expect(annotations[0].segmentation).toEqual([square.flat(), [1, 1, 4, 1, 4, 4]]);
    expect(annotations[0].bbox).toEqual([1, 1, 19, 14]);
    const size = { width: 50, height: 40 };
    const expected = encodeBitmap(bitmap, [2, 3], { size: [40, 50], left: 40, top: 30 });
    expect(maskOf(annotations[2], size)).toEqual(expected);
    expect(annotations[3].area).toBe(104);
  });

  test('shapes without area, and labels that are not classes, are counted', async () => {
    const path = write('skipped', [
      { ...polygon, shape_type: 'line', points: square.slice(0, 2) },
      { ...polygon, shape_type: 'point', points: square.slice(0, 1) },
      { ...polygon, shape_type: 'point', points: square.slice(0, 1) },
      { ...polygon, label: '__ignore__' },
    ]);
    const { dataset, skipped } = await labelme.convert(path, {});
    expect(dataset.annotations).toEqual([]);
    expect(skipped).toEqual({
      'line shapes, which have no area': 1,
      'point shapes, which have no area': 2,
      'shapes labelled __ignore__': 1,
    });
  });

  test.each([
    [
      'one corner',
      [polygon, { ...polygon, shape_type: 'rectangle', points: [[1, 1]] }],
      'shapes[1]: expected 2 points of a rectangle, got 1',
    ],
    [
      'no mask',
      [{ ...polygon, shape_type: 'mask', points: square.slice(0, 2) }],
      'shapes[0]: expected "mask", a PNG in base64, got none',
    ],
    [
      'no PNG',
      [{ ...polygon, shape_type: 'mask', points: square.slice(0, 2), mask: 'aGVsbG8=' }],
      'shapes[0].mask: expected a PNG file',
    ],
    [
      'another shape',
      [{ ...polygon, shape_type: 'star' }],
      'shapes[0]: expected a shape_type of labelme, got "star"',
    ],
    [
      'text for numbers',
      [{ ...polygon, points: [['1', 2]] }],
      'shapes[0].points[0][0]: expected number, got string',
    ],
    ['no label', [{ ...polygon, label: undefined }], 'shapes[0].label: expected string, got undefined'],
  ])('%s', async (name, shapes, message) => {
    const path = write(name, shapes);
    await expect(labelme.convert(path, {})).rejects.toThrow(path);
    await expect(labelme.convert(path, {})).rejects.toThrow(message);
  });

  test('a mask of another size than its points span', async () => {
    const mask = Buffer.from(encode({ width: 1, height: 1, data: Uint8Array.of(1), channels: 1 })).toString(
      'base64',
    );
    const path = write('size', [
      {
        ...polygon,
        shape_type: 'mask',
        points: [
          [1, 1],
          [3, 4],
        ],
        mask,
      },
    ]);
    await expect(labelme.convert(path, {})).rejects.toThrow(
      'expected a mask of 3×4 between its points, got 1×1',
    );
  });

  test('files and folders that are not of labelme', async () => {
    const other = folder.write('other/x.json', { images: [] });
    await expect(labelme.convert(other, {})).rejects.toThrow(
      `${other}: shapes: expected array, got undefined`,
    );
    const cut = folder.write('other/cut.json', '{"shapes": [');
    await expect(labelme.convert(cut, {})).rejects.toThrow(`${cut}: truncated JSON at byte 12`);
    await expect(labelme.convert(folder.at('set/pictures'), {})).rejects.toThrow(
      'expected labelme JSON files, got none',
    );
    await expect(labelme.convert(folder.at('none.json'), {})).rejects.toThrow(/none\.json: cannot be read/);
    const lost = write('lost', [], { imagePath: 'z.jpg' });
    await expect(labelme.convert(lost, { images: folder.at('set/pictures') })).rejects.toThrow(
      /^z\.jpg: no such picture in .*pictures$/,
    );
  });
});
