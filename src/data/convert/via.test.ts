import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { via } from './via.ts';

const folder = new TestFolder();
beforeAll(async () => {
  await folder.picture('b.jpg', 50, 40);
  await folder.picture('a.jpg', 30, 20);
});
afterAll(() => folder.remove());

const polygon = { name: 'polygon', all_points_x: [10, 20, 20, 10], all_points_y: [5, 5, 15, 15] };
const square = [10, 5, 20, 5, 20, 15, 10, 15];
const region = (shape_attributes: object, region_attributes: object = {}) => ({
  shape_attributes,
  region_attributes,
});
const picture = (filename: string, regions: unknown) => ({ filename, size: 5, file_attributes: {}, regions });

describe('VIA', () => {
  test('a project: categories from the options of the attribute, images by name', async () => {
    const path = folder.write('project.json', {
      _via_settings: {},
      _via_img_metadata: {
        'b.jpg5': picture('b.jpg', [region(polygon, { kind: '1' }), region(polygon, { kind: '0' })]),
        'a.jpg5': picture('a.jpg', []),
      },
      _via_attributes: {
        region: {
          kind: { type: 'radio', options: { '0': 'dog', '1': 'cat', '2': 'cow' } },
          note: { type: 'text' },
        },
        file: {},
      },
      _via_data_format_version: '2.0.10',
    });
    const { dataset } = await via.convert(path, {});
    expect(dataset.categories).toEqual([
      { id: 1, name: 'dog' },
      { id: 2, name: 'cat' },
      { id: 3, name: 'cow' },
    ]);
    expect(dataset.images).toEqual([
      { id: 1, file_name: 'a.jpg', width: 30, height: 20 },
      { id: 2, file_name: 'b.jpg', width: 50, height: 40 },
    ]);
    expect(dataset.annotations).toEqual([
      {
        id: 1,
        image_id: 2,
        category_id: 2,
        segmentation: [square],
        bbox: [10, 5, 10, 10],
        area: 100,
        iscrowd: 0,
      },
      {
        id: 2,
        image_id: 2,
        category_id: 1,
        segmentation: [square],
        bbox: [10, 5, 10, 10],
        area: 100,
        iscrowd: 0,
      },
    ]);
  });

  test('exported JSON: shapes as VIA covers them, regions as a list or, of VIA 1, an object', async () => {
    const regions = {
      '0': region({ name: 'rect', x: '10', y: '5', width: '10', height: '10' }),
      '1': region({ name: 'circle', cx: 25, cy: 20, r: 5 }),
      '2': region({ name: 'ellipse', cx: 25, cy: 20, rx: 10, ry: 4, theta: Math.PI / 2 }),
      '3': region({ name: 'point', cx: 1, cy: 1 }),
      '4': region({ name: 'polyline', all_points_x: [1, 2], all_points_y: [1, 2] }),
    };
    const path = folder.write('export.json', { k: picture('b.jpg', regions) });
    const { dataset, skipped } = await via.convert(path, { category: 'cell' });
    expect(dataset.categories).toEqual([{ id: 1, name: 'cell' }]);
    const [rect, circle, ellipse] = dataset.annotations;
    expect(rect.segmentation).toEqual([square]);
    expect(circle.bbox?.map(Math.round)).toEqual([20, 15, 10, 10]);
    // theta rotates the long axis upright.
    expect(ellipse.bbox?.map(Math.round)).toEqual([21, 10, 8, 20]);
    expect(Math.abs(ellipse.area! - Math.PI * 40)).toBeLessThan(6);
    expect(skipped).toEqual({
      'point regions, which have no area': 1,
      'polyline regions, which have no area': 1,
    });
  });

  test('exported CSV, with quotes and pictures without regions', async () => {
    const cell = (value: object) => `"${JSON.stringify(value).replaceAll('"', '""')}"`;
    const header =
      '#filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes';
    const path = folder.write(
      'export.csv',
      [
        header,
        `b.jpg,5,"{}",2,0,${cell(polygon)},${cell({ type: 'a, "b"' })}`,
        `b.jpg,5,"{}",2,1,${cell({ name: 'rect', x: 1, y: 2, width: 3, height: 4 })},${cell({ type: { c: true, d: false } })}`,
        'a.jpg,5,"{}",0,0,"{}","{}"',
        '',
      ].join('\n'),
    );
    const { dataset } = await via.convert(path, {});
    expect(dataset.categories.map(({ name }) => name)).toEqual(['a, "b"', 'c']);
    expect(dataset.images.map(({ file_name }) => file_name)).toEqual(['a.jpg', 'b.jpg']);
    expect(dataset.annotations.map(({ segmentation }) => segmentation)).toEqual([
      [square],
      [[1, 2, 4, 2, 4, 6, 1, 6]],
    ]);
  });

  const two = region(polygon, { kind: 'a', colour: 'red' });

  test('of several attributes --label names the one that holds the category', async () => {
    const path = folder.write('two.json', { k: picture('a.jpg', [two]) });
    await expect(via.convert(path, {})).rejects.toThrow(
      'expected one region attribute, got kind, colour: name the one',
    );
    await expect(via.convert(path, { label: 'size' })).rejects.toThrow(
      'expected a region attribute size, got kind, colour',
    );
    expect((await via.convert(path, { label: 'colour' })).dataset.categories).toEqual([
      { id: 1, name: 'red' },
    ]);
  });

  test.each([
    [
      'two ticks',
      [region(polygon, { kind: { a: true, b: true } })],
      'expected one value of the attribute kind, got a, b',
    ],
    [
      'unequal lists',
      [region({ ...polygon, all_points_x: [1, 2] })],
      'region 0: expected all_points_x and all_points_y of equal length, got [1,2] and [5,5,15,15]',
    ],
    [
      'text',
      [region({ name: 'circle', cx: 'x', cy: 1, r: 2 })],
      'region 0: cx: expected a number from -16777216 to 16777216, got "x"',
    ],
    [
      'a missing number',
      [region({ name: 'circle', cx: 3, cy: 1 })],
      'region 0: r: expected a number from -16777216 to 16777216, got nothing',
    ],
    [
      'a circle beyond any picture',
      [region({ name: 'circle', cx: 1, cy: 1, r: 1e16 })],
      'region 0: r: expected a number from',
    ],
    [
      'an attribute of objects',
      [region(polygon, { kind: {} }), region(polygon, { constructor: 'a' })],
      'expected one',
    ],
    ['another shape', [region({ name: 'star' })], 'region 0: expected a shape of VIA, got "star"'],
  ])('%s', async (name, regions, message) => {
    const path = folder.write(`${name}.json`, { k: picture('a.jpg', regions) });
    await expect(via.convert(path, {})).rejects.toThrow(path);
    await expect(via.convert(path, {})).rejects.toThrow(message);
  });

  test.each(['constructor', '__proto__'])('the option %s, which no project has', async (value) => {
    const path = folder.write('prototype.json', {
      _via_img_metadata: { k: picture('a.jpg', [region(polygon, { kind: value })]) },
      _via_attributes: { region: { kind: { type: 'dropdown', options: { '1': 'cat' } } } },
    });
    await expect(via.convert(path, {})).rejects.toThrow('expected one of the options of kind (1), got');
  });

  test('an option that the project does not know', async () => {
    const path = folder.write('option.json', {
      _via_img_metadata: { k: picture('a.jpg', [region(polygon, { kind: '9' })]) },
      _via_attributes: { region: { kind: { type: 'dropdown', options: { '1': 'cat' } } } },
    });
    await expect(via.convert(path, {})).rejects.toThrow('expected one of the options of kind (1), got "9"');
  });

  test('files that are not of VIA, pictures that are not there', async () => {
    const other = folder.write('other.json', { images: [] });
    await expect(via.convert(other, {})).rejects.toThrow(`${other}: images: expected object, got array`);
    const csv = folder.write('other.csv', 'a,b\n1,2\n');
    await expect(via.convert(csv, {})).rejects.toThrow(`${csv}: expected a column filename, got a, b`);
    const broken = folder.write(
      'broken.csv',
      'filename,region_shape_attributes,region_attributes\na.jpg,"{",{}\n',
    );
    await expect(via.convert(broken, {})).rejects.toThrow(
      'row 1 below the header, region_shape_attributes: is not JSON',
    );
    const lost = folder.write('lost.json', { k: picture('z.jpg', []) });
    await expect(via.convert(lost, {})).rejects.toThrow(/^z\.jpg: no such picture in /);
    const none = folder.write('none.json', {});
    await expect(via.convert(none, {})).rejects.toThrow(
      `${none}: expected pictures with annotations, got none`,
    );
  });
});
