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
  expect(ownIds.imageId('x.png', 3)).toBe(3);
  expect(ownIds.categoryId(dog)).toBe(5);
});

test('pictures are known by the end of their path', () => {
  const ids = datasetIds(data, [cat]);
  expect(ids.imageId('/data/a.png', 0)).toBe(17);
  expect(ids.imageId('/data/val/b.png', 0)).toBe(24);
  expect(ids.imageId('train/b.png', 0)).toBe(23);
  // The folder's name differs, but only one image has this file name.
  expect(ids.imageId('elsewhere/only.png', 0)).toBe(30);
  expect(ids.imageId('elsewhere/b.png', 0)).toBeNull();
  expect(ids.imageId('c.png', 0)).toBeNull();
});

test('categories are known by name, and by id only where no name agrees', () => {
  const byName = datasetIds(data, [cat, dog]);
  expect(byName.categoryId(cat)).toBe(5);
  expect(byName.categoryId(dog)).toBeNull();
  const byId = datasetIds(data, [dog]);
  expect(byId.categoryId(dog)).toBe(5);
  expect(byId.categoryId({ id: 6, name: 'cow' })).toBeNull();
});
