import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { tiffStack } from '../../../test/support/tiff-stack.ts';
import { yolo } from './yolo.ts';

const folder = new TestFolder();
beforeAll(async () => {
  await folder.picture('set/images/train/b.jpg', 50, 40);
  await folder.picture('set/images/train/a.jpg', 30, 20);
  await folder.picture('set/images/val/c.jpg', 10, 10);
  folder.write('set/labels/val/c.txt', '');
  folder.write('set/labels/train/b.txt', '1 0.2 0.125 0.4 0.125 0.4 0.375 0.2 0.375\n\n0 0.5 0.5 0.2 0.5\n');
});
afterAll(() => folder.remove());

const yaml = 'path: .\ntrain: images/train\nval: images/val\nnames:\n  0: dog\n  1: cat\n';

function labelled(line: string): string {
  folder.write('bad/labels/x.txt', `\n${line}\n`);
  return folder.write('bad/data.yaml', 'train: images\nnames: [dog, cat]\n');
}

describe('YOLO', () => {
  test('the size of a stack is that of its first page', async () => {
    const size = { width: 7, height: 5 };
    folder.write('stacks/images/a.tif', tiffStack([new Uint8Array(35), new Uint8Array(35)], size));
    folder.write('stacks/labels/a.txt', '0 0.5 0.5 1 1\n');
    const path = folder.write('stacks/data.yaml', 'train: images\nnames: [dog]\n');
    const { dataset } = await yolo.convert(path, {});
    expect(dataset.images).toEqual([{ id: 1, file_name: 'images/a.tif', ...size }]);
  });

  test('polygons and boxes of all splits, class i as category i + 1', async () => {
    folder.write('set/data.yaml', yaml);
    const { dataset } = await yolo.convert(folder.at('set'), {});
    expect(dataset.categories).toEqual([
      { id: 1, name: 'dog' },
      { id: 2, name: 'cat' },
    ]);
    expect(dataset.images).toEqual([
      { id: 1, file_name: 'images/train/a.jpg', width: 30, height: 20 },
      { id: 2, file_name: 'images/train/b.jpg', width: 50, height: 40 },
      { id: 3, file_name: 'images/val/c.jpg', width: 10, height: 10 },
    ]);
    expect(dataset.annotations).toEqual([
      {
        id: 1,
        image_id: 2,
        category_id: 2,
        segmentation: [[10, 5, 20, 5, 20, 15, 10, 15]],
        bbox: [10, 5, 10, 10],
        area: 100,
        iscrowd: 0,
      },
      { id: 2, image_id: 2, category_id: 1, bbox: [20, 10, 10, 20], area: 200, iscrowd: 0 },
    ]);
  });

  test('one split; names as a list; a list file; the ../ of Roboflow', async () => {
    const path = folder.write('set/other.yaml', 'train: list.txt\nval: ../images/val\nnames: [dog, cat]\n');
    folder.write('set/list.txt', './images/train/b.jpg\nimages/train/b.jpg\n');
    const names = async (split?: string) =>
      (await yolo.convert(path, split === undefined ? {} : { split })).dataset.images.map(
        ({ file_name }) => file_name,
      );
    expect(await names('train')).toEqual(['images/train/b.jpg']);
    expect(await names('val')).toEqual(['images/val/c.jpg']);
    expect(await names()).toHaveLength(2);
    await expect(names('test')).rejects.toThrow('expected folders of pictures under test, got none');
  });

  test('rounded coordinates just outside are cut at the edge', async () => {
    await folder.picture('bad/images/x.png', 100, 100);
    const path = labelled('0 -0.001 0 1.001 0 1 1');
    const [annotation] = (await yolo.convert(path, {})).dataset.annotations;
    expect(annotation.segmentation).toEqual([[0, 0, 100, 0, 100, 100]]);
  });

  test('a box without an area is counted', async () => {
    await folder.picture('flat/images/x.png', 100, 100);
    folder.write('flat/labels/x.txt', '0 0.5 0.5 0 0\n0 0.5 0.5 0.2 0.1\n');
    folder.write('flat/data.yaml', 'train: images\nnames: [dog]\n');
    const { dataset, skipped } = await yolo.convert(folder.at('flat'), {});
    expect(dataset.annotations).toMatchObject([{ bbox: [40, 45, 20, 10] }]);
    expect(skipped).toEqual({ 'boxes without an area': 1 });
  });

  test('labels that are not where they are expected', async () => {
    for (const name of ['train/a.jpg', 'train/old.bmp', 'val/b.jpg'])
      await (name.endsWith('bmp')
        ? folder.write(`lost/images/${name}`, 'BM')
        : folder.picture(`lost/images/${name}`, 10, 10));
    const row = '0 0.1 0.1 0.9 0.1 0.9 0.9\n';
    folder.write('lost/lab/train/a.txt', row);
    folder.write('lost/data.yaml', 'train: images/train\nval: images/val\nnames: [dog]\n');
    await expect(yolo.convert(folder.at('lost'), {})).rejects.toThrow(
      `${folder.at('lost/labels/train')}: expected the label files of the pictures, such as a.txt, got none`,
    );
    for (const name of ['a', 'old', 'deep/orphan']) folder.write(`lost/labels/train/${name}.txt`, row);
    folder.write('lost/labels/train/classes.txt', 'dog\n');
    folder.write('lost/labels/train/empty.txt', '');
    const { dataset, skipped } = await yolo.convert(folder.at('lost'), {});
    expect(dataset.annotations).toHaveLength(1);
    expect(skipped).toEqual({
      [`folder of labels that does not exist, so its pictures have no objects (${folder.at('lost/labels/val')})`]: 1,
      'picture (old.bmp): .bmp pictures cannot be read; convert them to PNG or TIFF': 1,
      [`picture (deep/orphan.*): no such picture in ${folder.at('lost/images/train')}`]: 1,
    });
  });

  test.each([
    ['2 0.1 0.1 0.2 0.1 0.2 0.2', 'x.txt: line 2: expected a class from 0 to 1, got 2'],
    ['dog 0.1 0.1 0.2 0.1 0.2 0.2', 'x.txt: line 2: expected a class from 0 to 1, got dog'],
    [
      '0 0.1 0.1 0.2',
      'x.txt: line 2: expected x and y of 3 points or more, or a box of 4 numbers, got 3 numbers',
    ],
    [
      '0 0.1 0.1 0.2 0.1 0.2 0.2 0.3',
      'x.txt: line 2: expected x and y of 3 points or more, or a box of 4 numbers, got 7 numbers',
    ],
    [
      '0 10 10 20 10 20 20',
      'x.txt: line 2: expected coordinates from 0 to 1, as fractions of the picture, got 10',
    ],
    [
      '0 a 0.1 0.2 0.1 0.2 0.2',
      'x.txt: line 2: expected coordinates from 0 to 1, as fractions of the picture, got NaN',
    ],
  ])('%s', async (line, message) => {
    await expect(yolo.convert(labelled(line), {})).rejects.toThrow(message);
  });

  test('incomplete or contradictory data.yaml', async () => {
    const write = (text: string) => folder.write('set/bad.yaml', text);
    await expect(yolo.convert(write('a: [1'), {})).rejects.toThrow(/bad\.yaml: not valid YAML \(/);
    await expect(yolo.convert(write('train: images'), {})).rejects.toThrow(
      'bad.yaml: names: expected the names of the classes: a list, or a table of numbers and names',
    );
    await expect(yolo.convert(write('train: images\nnc: 3\nnames: [a, b]'), {})).rejects.toThrow(
      'bad.yaml: nc: expected 2, the number of names, got 3',
    );
    await expect(yolo.convert(write('train: images\nnames: [a, b, a]'), {})).rejects.toThrow(
      'bad.yaml: expected a name of its own for each class, got "a" twice',
    );
    await expect(yolo.convert(write("train: images\nnames: [a, '']"), {})).rejects.toThrow(
      'bad.yaml: expected a name of its own for each class, got ""',
    );
    await expect(yolo.convert(write('names: [a]'), {})).rejects.toThrow(
      'expected folders of pictures under train, val, test, got none',
    );
    await expect(yolo.convert(write('train: none\nnames: [a]'), {})).rejects.toThrow(
      'expected a folder or list of pictures none, got none at',
    );
    await expect(yolo.convert(write('train: labels\nnames: [a]'), {})).rejects.toThrow(
      'bad.yaml: expected pictures with annotations, got none',
    );
    await expect(yolo.convert(write('train: images\nnames: {0: a, 2: b}'), {})).rejects.toThrow(
      'names: expected classes 0, 1, …, got none for 1',
    );
    await expect(yolo.convert(folder.at('nowhere.yaml'), {})).rejects.toThrow(
      /nowhere\.yaml: cannot be read/,
    );
  });
});
