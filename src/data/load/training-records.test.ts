import { describe, expect, it } from 'vitest';
import { CocoData } from '../coco/dataset.ts';
import type { CocoAnnotation, CocoDataset } from '../coco/types.ts';
import { makeSample, titleOf } from '../sample/sample.ts';
import { trainingRecords } from './training-records.ts';

const labels = new Map([
  [7, 1],
  [9, 2],
]);
const annotation = (id: number, image_id: number, more: Partial<CocoAnnotation> = {}): CocoAnnotation => ({
  id,
  image_id,
  category_id: 7,
  bbox: [1, 2, 3, 4],
  ...more,
});
const dataset = (annotations: CocoAnnotation[]): CocoData =>
  new CocoData({
    images: [1, 2, 3].map((id) => ({ id, width: 20, height: 10, file_name: `${id}.png` })),
    categories: [
      { id: 7, name: 'ant' },
      { id: 9, name: 'bee' },
    ],
    annotations,
  });

describe('training records', () => {
  it('leave out crowds, keep empty pictures, and report classes that are never annotated', () => {
    const { records, notes } = trainingRecords(
      dataset([annotation(1, 1), annotation(2, 1, { iscrowd: 1 }), annotation(3, 2, { iscrowd: 1 })]),
      { folder: 'pictures' },
      labels,
    );
    expect(records.map(({ path, objects }) => [path, objects.length])).toEqual([
      ['pictures/1.png', 1],
      ['pictures/3.png', 0],
    ]);
    expect(notes).toEqual([
      'category bee (id 9) is never annotated and will not be learned',
      'left out 1 picture with only crowds',
    ]);
  });

  it('report annotations of images that are not listed', () => {
    const { notes } = trainingRecords(
      dataset([annotation(1, 1), annotation(2, 4), annotation(3, 1, { category_id: 9 })]),
      { folder: 'pictures' },
      labels,
    );
    expect(notes).toEqual(['left out 1 annotation of images that are not listed (check-data lists them)']);
  });

  it('carry the page and channel of the run, or those that an image names', () => {
    const [image] = dataset([]).images;
    const images = [
      { ...image, file_name: 'a.tif' },
      { ...image, id: 2, file_name: 'b.tif', channel: 'GFP' },
    ];
    const data = new CocoData({ ...dataset([annotation(1, 1)]), images });
    const { records } = trainingRecords(data, { folder: 'in', page: 2, channel: 1 }, labels);
    expect(records).toMatchObject([
      { path: 'in/a.tif', choice: { page: 2, channel: 1 } },
      { path: 'in/b.tif', choice: { page: 2, channel: 'GFP' } },
    ]);
    expect(records.map(titleOf)).toEqual(['in/a.tif page 2 channel 1', 'in/b.tif page 2 channel GFP']);
  });

  it('say of which classes a picture may have unannotated objects', () => {
    const data = dataset([annotation(1, 1), annotation(2, 2)]);
    const [first, second, third] = data.images;
    const images = [
      { ...first, neg_category_ids: [9] },
      { ...second, neg_category_ids: [], not_exhaustive_category_ids: [7] },
      third,
    ];
    const { records, notes } = trainingRecords(
      new CocoData({ ...data, images }),
      { folder: 'pictures' },
      labels,
    );
    expect(records.map(({ unknown }) => unknown)).toEqual([undefined, [1, 2], undefined]);
    expect(notes).toContain(
      'partial annotations in 1 of 3 pictures: unknown categories are not learned as background there',
    );
  });

  it('keep crowds and boxes as regions without a class for semantic segmentation', () => {
    const segmentation = [[1, 1, 5, 1, 5, 5]];
    const { records, notes } = trainingRecords(
      dataset([
        annotation(1, 1, { segmentation }),
        annotation(2, 1, { segmentation, iscrowd: 1, category_id: 9 }),
        annotation(3, 2, { segmentation: [] }),
        annotation(4, 3),
      ]),
      { folder: 'pictures' },
      labels,
      { ignoredLabel: 255 },
    );
    expect(records.map(({ objects }) => objects.map(({ label }) => label))).toEqual([[1, 255], [255], [255]]);
    expect(records[1].objects[0]).toEqual({ id: 3, label: 255, bbox: [1, 2, 3, 4] });
    expect(notes).toEqual(['category bee (id 9) is never annotated and will not be learned']);
    expect(() =>
      trainingRecords(dataset([annotation(4, 3)]), { folder: '.' }, labels, { ignoredLabel: 255 }),
    ).toThrow('annotates no objects except crowds (iscrowd 1) or boxes');
  });

  it.each<[string, CocoDataset, string]>([
    ['no pictures', { ...dataset([]), images: [] }, 'lists no pictures'],
    ['no objects', dataset([]), 'annotates no objects'],
    ['crowds alone', dataset([annotation(1, 1, { iscrowd: 1 })]), 'no objects except crowds (iscrowd 1)'],
    ['a foreign category', dataset([annotation(4, 1, { category_id: 5 })]), 'annotation 4 is of category 5'],
  ])('refuse a data set with %s', (_, data, message) => {
    expect(() => trainingRecords(new CocoData(data), { folder: '.' }, labels)).toThrow(message);
  });
});

describe('a sample', () => {
  const picture = { width: 20, height: 10, data: new Uint8Array(600) };
  const sampleOf = (...objects: Parameters<typeof makeSample>[1]['objects']) =>
    makeSample(picture, { path: 'a.png', width: 20, height: 10, objects });

  it('drops objects outside the picture and cuts boxes at its border', () => {
    const sample = sampleOf(
      { id: 1, label: 1, bbox: [15, 5, 10, 10] },
      { id: 2, label: 2, bbox: [30, 30, 4, 4] },
      { id: 3, label: 3, segmentation: [[40, 40, 50, 40, 50, 50]] },
    );
    expect([...sample.labels]).toEqual([1]);
    expect([...sample.boxes]).toEqual([15, 5, 20, 10]);
    expect([...sample.masks[0].counts]).toEqual([155, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
  });

  it('measures the box that is not annotated', () => {
    const sample = sampleOf({
      id: 1,
      label: 1,
      segmentation: { size: [10, 20], counts: [23, 4, 6, 3, 164] },
    });
    expect([...sample.boxes]).toEqual([2, 3, 4, 7]);
  });

  it('refuses a mask of another size, and an object without any outline, by id', () => {
    expect(() => sampleOf({ id: 5, label: 1, segmentation: { size: [3, 3], counts: [9] } })).toThrow(
      'annotation 5',
    );
    expect(() => sampleOf({ id: 6, label: 1 })).toThrow(
      'annotation 6: has neither a segmentation nor a bbox',
    );
  });

  it('count objects whose masks have another form, and learn only their boxes', () => {
    const points = [
      [1, 2],
      [4, 2],
      [4, 6],
    ];
    const whole = [[1, 2, 4, 2, 4, 6]];
    const some = dataset([
      annotation(1, 1, { segmentation: whole }),
      annotation(2, 2, { segmentation: points }),
    ]);
    const { records, notes } = trainingRecords(some, { folder: '.' }, labels, { learnsMasks: true });
    expect(records[1].objects).toEqual([{ id: 2, label: 1, bbox: [1, 2, 3, 4], hasMask: false }]);
    expect(records[0].objects).toEqual([{ id: 1, label: 1, bbox: [1, 2, 3, 4], segmentation: whole }]);
    expect(notes).toContain(
      '1 of 2 objects have a box but no usable mask (annotation 2: segmentation: expected rings [[x0, y0, x1, y1, …], …] ' +
        'of 3 points or more, got a list of points [[x, y], …]); the mask branch does not learn from them',
    );
    const none = dataset([
      annotation(1, 1, { segmentation: points }),
      annotation(2, 2, { segmentation: [[1, 2, 3, 4]] }),
    ]);
    expect(() => trainingRecords(none, { folder: '.' }, labels, { learnsMasks: true })).toThrow(
      /got a list of points \[\[x, y\], …\]; none of its 2 objects has a usable mask$/,
    );
    expect(trainingRecords(none, { folder: '.' }, labels).records[0].objects).toHaveLength(1);
    expect(trainingRecords(some, { folder: '.' }, labels).records[1].objects[0].hasMask).toBeUndefined();
  });

  it('say when the model learns boxes as masks, and leave out what is not in the picture', () => {
    const data = dataset([annotation(1, 1), annotation(2, 1, { bbox: [30, 2, 3, 4] })]);
    const { records, notes } = trainingRecords(data, { folder: '.' }, labels, { learnsMasks: true });
    expect(records.map(({ objects }) => objects.length)).toEqual([1, 0, 0]);
    expect(notes.slice(1)).toEqual([
      'left out 1 of 2 objects: narrower than a pixel, outside their picture, or without a shape',
      '1 of 2 objects have a box but no usable mask; the model learns the box as the mask',
    ]);
    const outside = dataset([annotation(2, 1, { bbox: [30, 2, 3, 4] })]);
    expect(() => trainingRecords(outside, { folder: '.' }, labels)).toThrow(
      'left out 1 of 1 object: narrower than a pixel',
    );
  });
});
