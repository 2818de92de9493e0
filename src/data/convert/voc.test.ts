import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { maskOf } from '../coco/truth.ts';
import { voc } from './voc.ts';
import { vocColour } from './voc-classes.ts';

/** Written by test/oracle/data.py with Pillow: one picture as palette PNGs, one as the same in colour. */
const golden = resolve(import.meta.dirname, '../../../test/golden/data/voc');
const expected: Record<string, { name: string; pixels: number[] }[]> = JSON.parse(
  readFileSync(join(golden, 'expected.json'), 'utf8'),
);

const folder = new TestFolder();
const root = folder.at('VOC2012');
beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  cpSync(golden, root, { recursive: true });
});
afterAll(() => folder.remove());

/** Checks classes and pixels of every object against the golden ones. */
async function expectGolden(): Promise<void> {
  const { dataset } = await voc.convert(root, {});
  expect(dataset.images.map(({ file_name }) => file_name)).toEqual(['2007_000001.jpg', '2007_000002.jpg']);
  for (const image of dataset.images) {
    const objects = expected[image.file_name!.replace('.jpg', '')];
    const found = dataset.annotations.filter(({ image_id }) => image_id === image.id);
    const nameOf = (id: number) => dataset.categories.find((category) => category.id === id)?.name;
    expect(found.map(({ category_id }) => nameOf(category_id)).sort()).toEqual(
      objects.map(({ name }) => name).sort(),
    );
    for (const { name, pixels } of objects) {
      const annotation = found.find(({ category_id }) => nameOf(category_id) === name)!;
      const bitmap = encodeBitmap(Uint8Array.from(pixels), [20, 30]);
      expect(maskOf(annotation, image)).toEqual(bitmap);
      expect(annotation.area).toBe(pixels.reduce((sum, pixel) => sum + pixel));
    }
  }
}

describe('PASCAL VOC', () => {
  test('objects and classes of palette and colour PNGs are those of Pillow; the twenty classes in order', async () => {
    await expectGolden();
    const { categories } = (await voc.convert(root, {})).dataset;
    expect(categories).toHaveLength(20);
    expect(categories[14]).toEqual({ id: 15, name: 'person' });
  });

  test('without SegmentationClass the classes come from the XML', async () => {
    rmSync(join(root, 'SegmentationClass'), { recursive: true });
    await expectGolden();
  });

  test('pictures are looked up in JPEGImages or --images', async () => {
    await folder.picture('VOC2012/JPEGImages/2007_000001.png', 30, 20);
    const { skipped } = await voc.convert(root, {});
    expect(Object.keys(skipped)).toEqual([
      expect.stringMatching(/^picture \(2007_000002\.\*\): no such picture in .*JPEGImages$/),
    ]);
    await folder.picture('small/2007_000001.png', 20, 30);
    await expect(voc.convert(root, { images: folder.at('small') })).rejects.toThrow(
      '2007_000001.png: expected 20×30 as 2007_000001.png has, got 30×20',
    );
    await folder.picture('photos/x/2007_000001.webp', 30, 20);
    await folder.picture('photos/2007_000002.jpg', 30, 20);
    const { images } = (await voc.convert(root, { images: folder.at('photos') })).dataset;
    expect(images.map(({ file_name }) => file_name)).toEqual(['x/2007_000001.webp', '2007_000002.jpg']);
  });

  test('labelmap.txt gives names and colours', async () => {
    const colour = (index: number) => {
      const value = vocColour(index);
      return `${value >> 16},${(value >> 8) & 255},${value & 255}`;
    };
    folder.write(
      'VOC2012/labelmap.txt',
      `# label:color_rgb:parts:actions\nbackground:0,0,0::\nkitten:${colour(8)}::\nhuman:${colour(15)}::\nscreen:${colour(20)}::\n`,
    );
    const { categories, annotations } = (await voc.convert(root, {})).dataset;
    expect(categories.map(({ name }) => name)).toEqual(['kitten', 'human', 'screen']);
    expect(new Set(annotations.map(({ category_id }) => category_id))).toEqual(new Set([1, 2, 3]));
    folder.write('VOC2012/labelmap.txt', 'background:0,0\n');
    await expect(voc.convert(root, {})).rejects.toThrow('labelmap.txt: line 1: expected name:red,green,blue');
  });

  const grey = (width: number, value: number) =>
    encode({ width, height: 1, channels: 1, data: new Uint8Array(width).fill(value) });

  test.each([
    [
      'a class without a name',
      2,
      40,
      'SegmentationClass/x.png: expected a class at the pixels of object 1, got the value 40',
    ],
    ['no class', 2, 0, 'SegmentationClass/x.png: expected a class at the pixels of object 1, got background'],
    ['another size', 3, 1, 'SegmentationClass/x.png: expected 2×1 as SegmentationObject has, got 3×1'],
  ])('%s', async (_, width, value, message) => {
    folder.write('VOC2012/SegmentationObject/x.png', grey(2, 1));
    folder.write('VOC2012/SegmentationClass/x.png', grey(width, value));
    await expect(voc.convert(root, {})).rejects.toThrow(message);
  });

  test('an object that neither PNG nor XML names', async () => {
    folder.write('VOC2012/SegmentationObject/x.png', grey(2, 3));
    await expect(voc.convert(root, {})).rejects.toThrow(
      /SegmentationObject\/x\.png: expected its classes in .*, got neither file/,
    );
    folder.write('VOC2012/Annotations/x.xml', '<annotation><object><name>cat</name></object></annotation>');
    await expect(voc.convert(root, {})).rejects.toThrow(
      'x.xml: expected an <object> with <name> for object 3, got 1 object',
    );
    folder.write('VOC2012/Annotations/x.xml', '<annotations></annotations>');
    await expect(voc.convert(root, {})).rejects.toThrow('x.xml: expected <annotation>, got <annotations>');
  });

  test('objects that have only a box, and pictures that are not segmented, are counted', async () => {
    expect((await voc.convert(root, {})).skipped).toEqual({});
    const xml = join(root, 'Annotations/2007_000001.xml');
    const boxed = readFileSync(xml, 'utf8').replace(
      '</annotation>',
      '<object><name>cat</name><bndbox></bndbox></object></annotation>',
    );
    folder.write('VOC2012/Annotations/2007_000001.xml', boxed);
    folder.write('VOC2012/Annotations/2007_000003.xml', boxed);
    expect((await voc.convert(root, {})).skipped).toEqual({
      'objects of Annotations that have no pixels in SegmentationObject': 1,
      'files of Annotations without a PNG in SegmentationObject': 1,
    });
  });

  test('folders that are not of VOC', async () => {
    await expect(voc.convert(golden.replace('voc', 'pngs'), {})).rejects.toThrow(
      'expected a folder SegmentationObject in it, got none',
    );
    folder.write('empty/SegmentationObject/a.txt', '');
    await expect(voc.convert(folder.at('empty'), {})).rejects.toThrow('expected PNG files, got none');
  });
});
