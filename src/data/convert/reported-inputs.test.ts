import { encode } from 'fast-png';
import { afterAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { converterOf } from './formats.ts';

/** Inputs that people reported to the trackers of annotation tools and of other converters. */

const folder = new TestFolder();
afterAll(() => folder.remove());

async function convert(format: string, input: string, images?: string) {
  const { dataset, skipped } = await converterOf(format).convert(
    folder.at(input),
    images === undefined ? {} : { images: folder.at(images) },
  );
  const { images: pictures, annotations, categories } = dataset;
  const files = pictures.map(({ file_name }) => file_name);
  const names = categories.map(({ name }) => name);
  return { files, names, annotations, skipped };
}

/** What macOS writes beside each file in an archive. */
const appleDouble = Buffer.from('0005160700020000', 'hex');
const label = Buffer.from(encode({ width: 4, height: 3, channels: 1, data: new Uint8Array(12).fill(1) }));
const square = [
  [1, 1],
  [3, 1],
  [3, 2],
  [1, 2],
];

describe('hidden files of macOS are left out', () => {
  test('of instance PNGs', async () => {
    folder.write('ad-instance/a.png', label);
    folder.write('ad-instance/._a.png', appleDouble);
    folder.write('ad-instance/__MACOSX/b.png', appleDouble);
    expect(await convert('instance-png', 'ad-instance')).toMatchObject({ files: ['a.png'], skipped: {} });
  });

  test('of folders of masks', async () => {
    await folder.picture('ad-masks/x/images/x.png', 4, 3);
    folder.write('ad-masks/x/images/._x.png', appleDouble);
    folder.write('ad-masks/x/masks/1.png', label);
    folder.write('ad-masks/x/masks/._1.png', appleDouble);
    const { files, annotations } = await convert('masks', 'ad-masks');
    expect([files, annotations.length]).toEqual([['x/images/x.png'], 1]);
  });

  test('of PASCAL VOC', async () => {
    for (const name of ['SegmentationObject/a.png', 'SegmentationClass/a.png'])
      folder.write(`ad-voc/${name}`, label);
    folder.write('ad-voc/SegmentationObject/._a.png', appleDouble);
    expect((await convert('voc', 'ad-voc')).files).toEqual(['a.jpg']);
  });

  test('of YOLO', async () => {
    await folder.picture('ad-yolo/images/a.png', 4, 3);
    folder.write('ad-yolo/images/._a.png', appleDouble);
    folder.write('ad-yolo/labels/a.txt', '');
    folder.write('ad-yolo/data.yaml', 'train: images\nnames: [a]\n');
    expect((await convert('yolo', 'ad-yolo')).files).toEqual(['images/a.png']);
  });
});

describe('labelme', () => {
  const file = {
    shapes: [{ label: 'a', points: square, shape_type: 'polygon' }],
    imagePath: 'a.png',
    imageWidth: 4,
    imageHeight: 3,
  };
  const shapes = (...some: object[]) => ({ ...file, shapes: some.map((one) => ({ label: 'a', ...one })) });

  test('hidden files and other JSON files of a folder are left out', async () => {
    folder.write('lm/a.json', file);
    folder.write('lm/._a.json', appleDouble);
    folder.write('lm/coco.json', { images: [], annotations: [], categories: [] });
    expect(await convert('labelme', 'lm')).toMatchObject({
      files: ['a.png'],
      skipped: { "JSON files that are not labelme's (coco.json)": 1 },
    });
    folder.write('lm-none/1.json', {});
    folder.write('lm-none/2.json', []);
    await expect(convert('labelme', 'lm-none')).rejects.toThrow(
      /1\.json: expected a labelme file with "shapes" and "imagePath", got neither/,
    );
  });

  test('a byte order mark is skipped, UTF-16 is refused by name', async () => {
    const text = JSON.stringify(file);
    folder.write('bom.json', `\ufeff${text}`);
    expect((await convert('labelme', 'bom.json')).files).toEqual(['a.png']);
    folder.write('utf16.json', Buffer.from(`\ufeff${text}`, 'utf16le'));
    await expect(convert('labelme', 'utf16.json')).rejects.toThrow(
      /utf16\.json: is UTF-16 text; save it as UTF-8$/,
    );
  });

  test.each(['/home/me/photos/b.png', 'C:\\photos\\b.png', '..\\x\\b.png'])(
    'the path %s of another machine stands for the picture beside the file, or for its name',
    async (imagePath) => {
      await folder.picture('elsewhere/b.png', 4, 3);
      folder.write('elsewhere/b.json', { ...file, imagePath });
      const { files } = await convert('labelme', 'elsewhere/b.json');
      expect(files).toEqual([imagePath.startsWith('..') ? '../x/b.png' : 'b.png']);
      expect((await convert('labelme', 'elsewhere/b.json', 'elsewhere')).files).toEqual(['b.png']);
    },
  );

  test('pictures that cannot be read are left out by name, and are an error if there are no others', async () => {
    folder.write('bmp/a.json', { ...file, imagePath: 'a.bmp' });
    folder.write('bmp/a.bmp', 'BM');
    const message = 'a.bmp: .bmp pictures cannot be read; convert them to PNG or TIFF';
    await expect(convert('labelme', 'bmp')).rejects.toThrow(message);
    await expect(convert('labelme', 'bmp', 'bmp')).rejects.toThrow(message);
    folder.write('bmp/b.json', { ...file, imagePath: 'b.png' });
    expect(await convert('labelme', 'bmp')).toMatchObject({
      files: ['b.png'],
      skipped: { 'picture (a.bmp): .bmp pictures cannot be read; convert them to PNG or TIFF': 1 },
    });
  });

  test('rectangles of four corners, rotated rectangles, numbers as labels, and degenerate polygons', async () => {
    folder.write(
      'shapes.json',
      shapes(
        { points: square, shape_type: 'rectangle' },
        { points: square, shape_type: 'rotation' },
        { label: 1, points: square },
        { points: square.slice(0, 2) },
      ),
    );
    const { annotations, names, skipped } = await convert('labelme', 'shapes.json');
    expect(names).toEqual(['1', 'a']);
    expect(annotations.map(({ segmentation }) => segmentation)).toEqual(Array(3).fill([square.flat()]));
    expect(skipped).toEqual({ 'polygon shapes of fewer than 3 points': 1 });
  });
});

test('labelme: a shape without a label is left out', async () => {
  const shape = { points: square, shape_type: 'polygon' };
  const shapes = [
    { ...shape, label: '' },
    { ...shape, label: ' ' },
    { ...shape, label: 'a' },
  ];
  folder.write('nameless.json', { shapes, imagePath: 'a.png', imageWidth: 4, imageHeight: 3 });
  const { names, annotations, skipped } = await convert('labelme', 'nameless.json');
  expect([names, annotations.length, skipped]).toEqual([['a'], 1, { 'objects without a class': 2 }]);
});

describe('VIA', () => {
  const polygon = (...xs: number[]) => ({
    name: 'polygon',
    all_points_x: xs,
    all_points_y: xs.map((x) => x % 3),
  });
  const region = (shape_attributes: object, kind: unknown) => ({
    shape_attributes,
    region_attributes: kind === undefined ? {} : { kind },
  });

  test('what one region or picture lacks does not stop the others', async () => {
    await folder.picture('via/a.png', 9, 9);
    folder.write('via/v.json', {
      a: {
        filename: 'a.png',
        regions: [
          region(polygon(1, 3, 5), 3),
          region(polygon(1, 3, 5), ''),
          region(polygon(1, 3, 5), undefined),
          region(polygon(1, 3), 'x'),
        ],
      },
      b: { filename: 'b.png', regions: [region(polygon(1, 3, 5), 'x')] },
    });
    const { files, names, annotations, skipped } = await convert('via', 'via/v.json');
    expect([files, names, annotations.length]).toEqual([['a.png'], ['3'], 1]);
    expect(Object.entries(skipped)).toEqual([
      ['regions without a value of kind', 2],
      ['polygon regions of fewer than 3 points', 1],
      [expect.stringMatching(/^picture \(b\.png\): no such picture in /), 1],
    ]);
  });
});

describe('YOLO', () => {
  async function write(name: string, yaml: string, labels = '0 0.1 0.1 0.9 0.1 0.9 0.9\n') {
    await folder.picture(`${name}/images/train/a.png`, 10, 10);
    folder.write(`${name}/labels/train/a.txt`, labels);
    folder.write(`${name}/data.yaml`, yaml);
    return convert('yolo', name);
  }

  test.each([
    ['[0, 1]', ['0', '1']],
    ['[true, false]', ['True', 'False']],
    ['{0: 1.5, 1: b}', ['1.5', 'b']],
    ['classes.txt', ['dog', 'two words']],
  ])('class names %s', async (names, expected) => {
    folder.write('names/classes.txt', '\ufeffdog\r\ntwo words\n\n');
    expect((await write('names', `train: images/train\nnames: ${names}\n`)).names).toEqual(expected);
  });

  test('repeated rows count once', async () => {
    const row = '0 0.1 0.1 0.9 0.1 0.9 0.9\n';
    const { annotations, skipped } = await write('repeated', 'train: images/train\nnames: [a]\n', row + row);
    expect(annotations).toHaveLength(1);
    expect(skipped).toEqual({ 'label rows that repeat another row of their file': 1 });
  });

  test('lists and folders with the paths of other systems', async () => {
    folder.write(
      'paths/train.txt',
      '.\\images\\train\\a.png\nD:\\set\\images\\train\\a.png\n/x/images/train/a.png\n',
    );
    expect((await write('paths', 'train: train.txt\nnames: [a]\n')).files).toEqual(['images/train/a.png']);
    expect((await write('paths', 'train: .\\images\\train\nnames: [a]\n')).files).toEqual([
      'images/train/a.png',
    ]);
    expect(
      (await write('paths', 'path: /content/set\ntrain: images/train\nnames: [a]\n')).files,
    ).toHaveLength(1);
  });

  test('a split that an export names but does not contain is left out', async () => {
    const yaml = 'train: ../images/train\ntest: ../test/images\nnames: [a]\n';
    const { files, skipped } = await write('roboflow', yaml);
    expect(files).toEqual(['images/train/a.png']);
    expect(Object.keys(skipped)).toEqual([
      expect.stringMatching(/^split that .*data\.yaml names \(test: expected a folder or list of pictures /),
    ]);
  });

  test('pictures that cannot be read are left out by name, and are an error if there are no others', async () => {
    folder.write('bmp-some/images/train/b.bmp', 'BM');
    const { files, skipped } = await write(
      'bmp-some',
      'train: images/train\nval: images/train\nnames: [a]\n',
    );
    const problem = '.bmp pictures cannot be read; convert them to PNG or TIFF';
    expect(files).toEqual(['images/train/a.png']);
    expect(skipped).toEqual({ [`picture (b.bmp): ${problem}`]: 1 });
    folder.write('bmp-only/images/train/b.bmp', 'BM');
    folder.write('bmp-only/data.yaml', 'train: images/train\nnames: [a]\n');
    await expect(convert('yolo', 'bmp-only')).rejects.toThrow(`b.bmp: ${problem}`);
  });
});
