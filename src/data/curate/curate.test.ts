import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { CocoData } from '../coco/dataset.ts';
import type { CocoAnnotation, CocoDataset, CocoImage } from '../coco/types.ts';
import { mergeDatasets } from './merge.ts';
import { splitDataset } from './split.ts';
import { datasetStatistics } from './statistics.ts';

/** Pictures with unequal numbers of objects of classes that are unequally frequent. */
function randomDataset(pictures: number): CocoDataset {
  const random = seededRandom(4);
  const frequency = [0.6, 0.3, 0.15, 0.05];
  const images: CocoImage[] = [];
  const annotations: CocoAnnotation[] = [];
  for (let id = 1; id <= pictures; id++) {
    images.push({ id, width: 10, height: 10, file_name: `slide${id % 40}_${id}.png` });
    frequency.forEach((share, index) => {
      const count = random.uniform() < share ? 1 + random.integer(12) : 0;
      for (let i = 0; i < count; i++) {
        annotations.push({
          id: annotations.length + 1,
          image_id: id,
          category_id: index + 1,
          bbox: [0, 0, 2, 3],
        });
      }
    });
  }
  const categories = frequency.map((_, index) => ({ id: index + 1, name: `c${index}` }));
  return { images, annotations, categories };
}

const dataset = randomDataset(400);
const countOf = ({ annotations }: CocoDataset, category: number) =>
  annotations.filter(({ category_id }) => category_id === category).length;

/** The largest difference of a part from its share, over pictures and classes. */
function largestError(part: CocoDataset, share: number): number {
  const errors = dataset.categories.map(({ id }) =>
    Math.abs(countOf(part, id) / countOf(dataset, id) - share),
  );
  return Math.max(...errors, Math.abs(part.images.length / dataset.images.length - share));
}

describe('split', () => {
  test('every part has its share of the pictures and of every class within 2 %', () => {
    const parts = splitDataset(dataset, { parts: { train: 70, val: 20, test: 10 }, seed: 3 });
    expect(largestError(parts.train, 0.7)).toBeLessThan(0.02);
    expect(largestError(parts.val, 0.2)).toBeLessThan(0.02);
    expect(largestError(parts.test, 0.1)).toBeLessThan(0.02);
    const ids = Object.values(parts).flatMap(({ images }) => images.map(({ id }) => id));
    expect(ids.toSorted((a, b) => a - b)).toEqual(dataset.images.map(({ id }) => id));
    expect(Object.values(parts).reduce((sum, { annotations }) => sum + annotations.length, 0)).toBe(
      dataset.annotations.length,
    );
  });

  test('the same seed gives the same parts, another one others', () => {
    const idsOf = (seed: number) =>
      splitDataset(dataset, { parts: { a: 1, b: 1 }, seed }).a.images.map(({ id }) => id);
    expect(idsOf(1)).toEqual(idsOf(1));
    expect(idsOf(1)).not.toEqual(idsOf(2));
  });

  test('groups stay together, and shares hold as far as they allow', () => {
    const groupOf = ({ file_name = '' }: CocoImage) => /^(slide\d+)_/.exec(file_name)?.[1] ?? null;
    const { train, val } = splitDataset(dataset, { parts: { train: 0.8, val: 0.2 }, groupOf });
    const groups = ({ images }: CocoDataset) => new Set(images.map(groupOf));
    expect([...groups(train)].filter((group) => groups(val).has(group))).toEqual([]);
    expect(groups(train).size + groups(val).size).toBe(40);
    expect(largestError(train, 0.8)).toBeLessThan(0.02);
  });

  test('a part needs a share', () => {
    for (const parts of [{ a: 1 }, { a: 1, b: 0 }, { a: 1, b: Number.NaN }]) {
      expect(() => splitDataset(dataset, { parts })).toThrow('split: expected two parts or more');
    }
  });

  test('an annotation without its image or category is refused', () => {
    const split = (stray: Partial<CocoAnnotation>) => {
      const annotations = [...dataset.annotations, { id: 7001, image_id: 1, category_id: 1, ...stray }];
      return splitDataset(new CocoData({ ...dataset, annotations }, 'stray.json'), { parts: { a: 1, b: 1 } });
    };
    expect(() => split({ image_id: 999 })).toThrow(
      'stray.json: annotation 7001: there is no image 999; list it or remove its annotations',
    );
    expect(() => split({ category_id: 9 })).toThrow('stray.json: annotation 7001: there is no category 9');
  });
});

describe('merge', () => {
  const image = (id: number, name: string): CocoImage => ({ id, width: 9, height: 9, file_name: name });
  const object = (id: number, image_id: number, category_id: number): CocoAnnotation => ({
    id,
    image_id,
    category_id,
  });
  const first: CocoDataset = {
    images: [image(5, 'a.png'), image(6, 'b.png')],
    categories: [
      { id: 1, name: 'dog' },
      { id: 9, name: 'kitten' },
    ],
    annotations: [object(7, 5, 9), object(8, 5, 1)],
  };
  const second: CocoDataset = {
    images: [
      { ...image(5, 'a.png'), neg_category_ids: [2], not_exhaustive_category_ids: [1] },
      image(1, 'c.png'),
    ],
    categories: [
      { id: 1, name: 'cat' },
      { id: 2, name: 'bird' },
    ],
    annotations: [object(7, 5, 1), object(9, 1, 2)],
  };
  const sources = [
    { name: 'first.json', dataset: first, prefix: 'x/' },
    { name: 'second.json', dataset: second, prefix: 'y/' },
  ];

  test('classes of other data sets are unknown in a picture, not absent', () => {
    const merged = mergeDatasets(sources, { classes: { kitten: 'cat' } });
    expect(merged.categories).toEqual([
      { id: 1, name: 'dog' },
      { id: 2, name: 'cat' },
      { id: 3, name: 'bird' },
    ]);
    expect(merged.images).toEqual([
      { ...image(1, 'x/a.png'), neg_category_ids: [] },
      { ...image(2, 'x/b.png'), neg_category_ids: [1, 2] },
      { ...image(3, 'y/a.png'), neg_category_ids: [3], not_exhaustive_category_ids: [2] },
      { ...image(4, 'y/c.png'), neg_category_ids: [2] },
    ]);
    expect(merged.annotations).toEqual([object(1, 1, 2), object(2, 1, 1), object(3, 3, 2), object(4, 4, 3)]);
  });

  test('equal classes need no such fields', () => {
    const other = { ...first, images: [image(5, 'd.png')], annotations: [object(1, 5, 1)] };
    const merged = mergeDatasets([sources[0], { name: 'other.json', dataset: other }]);
    expect(merged.images.map(({ neg_category_ids }) => neg_category_ids)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(merged.categories).toHaveLength(2);
  });

  test('licences are joined, with new ids where two have one, and info is the first', () => {
    const licensed = (name: string, license: number | null, extra: Partial<CocoDataset>) => ({
      name,
      dataset: { ...first, annotations: [], images: [{ ...image(1, name), license }], ...extra },
    });
    const [free, paid] = [{ name: 'free' }, { name: 'paid', url: 'u' }];
    const merged = mergeDatasets([
      licensed('a', 4, { licenses: [{ id: 4, ...free }], info: {} }),
      licensed('b', 4, { licenses: [{ id: 4, ...paid }], info: { year: 2 } }),
      licensed('c', 9, { licenses: [{ url: 'u', name: 'paid', id: 9 }], info: { year: 3 } }),
      licensed('not listed, that of another', 5, {}),
      licensed('not listed', 7, {}),
      licensed('none', null, {}),
    ]);
    expect(merged.licenses).toEqual([
      { id: 4, ...free },
      { id: 5, ...paid },
    ]);
    expect(merged.images.map((record) => ('license' in record ? record.license : 'absent'))).toEqual([
      4,
      5,
      5,
      'absent',
      7,
      null,
    ]);
    expect(merged.info).toEqual({ year: 2 });
    expect(Object.keys(mergeDatasets(sources))).toEqual(['images', 'annotations', 'categories']);
  });

  test('the pages of a stack are different pictures', () => {
    const page = (id: number, page: number) => ({ ...image(id, 'stack.tif'), page });
    const dataset = (...images: CocoDataset['images']) => ({ ...first, images, annotations: [] });
    const stack = { name: 'stack.json', dataset: dataset(page(1, 1), page(2, 2)) };
    const more = { name: 'more.json', dataset: dataset(page(1, 3)) };
    expect(mergeDatasets([stack, more]).images).toEqual([page(1, 1), page(2, 2), page(3, 3)]);
    const again = { name: 'again.json', dataset: dataset(page(4, 2)) };
    expect(() => mergeDatasets([stack, again])).toThrow(
      'again.json: its picture stack.tif page 2 is in stack.json too',
    );
  });

  test('what does not fit is refused', () => {
    const same = [
      { name: 'first.json', dataset: first },
      { name: 'second.json', dataset: second },
    ];
    expect(() => mergeDatasets(same)).toThrow('second.json: its picture a.png is in first.json too');
    const repeated = { ...first, images: [image(5, 'x\\a.png'), image(6, 'x/a.png')] };
    expect(() => mergeDatasets([{ name: 'repeated.json', dataset: repeated }])).toThrow(
      'repeated.json: has two images of the picture x/a.png; keep one of them',
    );
    expect(() => mergeDatasets(sources, { classes: { cow: 'dog' } })).toThrow(
      'no data set has the category cow; known: dog, kitten, cat, bird',
    );
    const posed = { ...second, categories: [{ id: 1, name: 'dog', keypoints: ['tail'] }] };
    expect(() => mergeDatasets([sources[0], { name: 'posed.json', dataset: posed }])).toThrow(
      'posed.json: category dog: its keypoints are not those of dog',
    );
    const broken = { ...first, annotations: [object(3, 5, 4)] };
    expect(() => mergeDatasets([{ name: 'broken.json', dataset: broken }])).toThrow(
      'broken.json: annotation 3: there is no category 4; list it or remove its annotations',
    );
  });
});

test('statistics count instances by size, shape, picture and class', () => {
  const square = [1, 1, 5, 1, 5, 5, 1, 5];
  const statistics = datasetStatistics({
    images: [1, 2, 3].map((id) => ({ id, width: 200, height: 100, file_name: `${id}.png` })),
    categories: [
      { id: 1, name: 'dog' },
      { id: 2, name: 'cat' },
      { id: 3, name: 'cow' },
    ],
    annotations: [
      { id: 1, image_id: 1, category_id: 2, segmentation: [square] },
      { id: 2, image_id: 1, category_id: 2, bbox: [0, 0, 100, 100], area: 10_000 },
      { id: 3, image_id: 2, category_id: 1, bbox: [0, 0, 80, 20] },
      { id: 4, image_id: 2, category_id: 1, bbox: [0, 0, 80, 20], iscrowd: 1 },
    ],
  });
  expect(statistics).toMatchObject({
    images: 3,
    imagesWithoutInstances: 1,
    instances: 3,
    crowds: 1,
    withMask: 1,
    byCocoSize: { small: 1, medium: 1, large: 1 },
    instancesPerImage: { min: 0, median: 1, mean: 1, max: 2 },
    size: { min: 4, median: 40, max: 100 },
    aspect: { min: 1, median: 1, max: 4 },
    pictureSide: { min: 200, max: 200 },
    categories: [
      { name: 'cat', instances: 2, images: 1, medianSize: 52 },
      { name: 'dog', instances: 1, images: 1, medianSize: 40 },
      { name: 'cow', instances: 0, images: 0, medianSize: null },
    ],
  });
  expect(statistics.instancesPerImage?.histogram.counts.slice(0, 4)).toEqual([1, 1, 1, 0]);
  expect([statistics.withoutImage, statistics.withoutCategory]).toEqual([0, 0]);
  expect(datasetStatistics({ images: [], annotations: [], categories: [] }).size).toBeNull();
});
