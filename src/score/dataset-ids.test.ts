import { expect, test } from 'vitest';
import { datasetIds, ownIds } from './dataset-ids.ts';

const images = [
  { id: 17, width: 1, height: 1, file_name: 'a.png' },
  { id: 23, width: 1, height: 1, file_name: 'train/b.png' },
  { id: 24, width: 1, height: 1, file_name: 'val/b.png' },
  { id: 30, width: 1, height: 1, file_name: 'images/only.png' },
];
const data = { images, categories: [{ id: 5, name: 'Cat' }] };
const cat = { id: 1, name: 'cat' };
const dog = { id: 5, name: 'dog' };

test('without a data set, positions and the model’s own ids', () => {
  expect(ownIds.imageIds('x.png', 3)).toEqual([3]);
  expect(ownIds.categoryId(dog)).toBe(5);
});

test('pictures are known by the end of their path', () => {
  const ids = datasetIds(data, [cat]);
  expect(ids.imageIds('/data/a.png', 0)).toEqual([17]);
  expect(ids.imageIds('/data/val/b.png', 0)).toEqual([24]);
  expect(ids.imageIds('train/b.png', 0)).toEqual([23]);
  // The folder's name differs, but only one image has this file name.
  expect(ids.imageIds('elsewhere/only.png', 0)).toEqual([30]);
  expect(ids.imageIds('elsewhere/b.png', 0)).toEqual([]);
  expect(ids.imageIds('c.png', 0)).toEqual([]);
});

test('a file that is listed twice has two ids; names match in any Unicode form', () => {
  const twice = [1, 2].map((id) => ({ id, width: 1, height: 1, file_name: 'x\\caf\u00e9.png' }));
  const ids = datasetIds({ images: twice, categories: [] }, [cat]);
  expect(ids.imageIds('/data/x/cafe\u0301.png', 0)).toEqual([1, 2]);
  expect(ids.imageIds('elsewhere/caf\u00e9.png', 0)).toEqual([1, 2]);
});

test('of a stack, the image that names the page', () => {
  const pages = [1, 2].map((page) => ({ id: 10 + page, width: 1, height: 1, file_name: 'stack.tif', page }));
  const ids = datasetIds({ images: pages, categories: [] }, [cat]);
  expect(ids.imageIds('in/stack.tif', 0, { page: 2 })).toEqual([12]);
  expect(ids.imageIds('in/stack.tif', 0, { page: 3 })).toEqual([]);
});

test('categories are known by name, and by id only where no name agrees', () => {
  const byName = datasetIds(data, [cat, dog]);
  expect(byName.categoryId(cat)).toBe(5);
  expect(byName.categoryId(dog)).toBeNull();
  const byId = datasetIds(data, [dog]);
  expect(byId.categoryId(dog)).toBe(5);
  expect(byId.categoryId({ id: 6, name: 'cow' })).toBeNull();
});
