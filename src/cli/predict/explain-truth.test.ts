import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { annotatedObjects } from './explain-truth.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const picture = { width: 20, height: 10, data: new Uint8Array(20 * 10 * 3) };
const categories = [
  { id: 1, name: 'cat' },
  { id: 2, name: 'dog' },
];
const box = { image_id: 1, category_id: 1, bbox: [1, 1, 5, 5] };

/** The ground truth of a data set with these annotations, and what is said about it. */
async function truthOf(name: string, annotations: readonly object[], names = ['cat', 'nucleus']) {
  let stderr = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  const path = folder.write(name, {
    images: [{ id: 1, file_name: 'a.png', width: 20, height: 10 }],
    categories: names.map((name, index) => ({ id: index + 1, name })),
    annotations: annotations.map((annotation, id) => ({ ...annotation, id })),
  });
  const { labels } = await annotatedObjects(path, { path: 'a.png', choice: {} }, picture, categories);
  return { path, stderr, labels: [...labels] };
}

test('annotations that are left out of the ground truth are counted', async () => {
  expect(await truthOf('all.json', [box, box])).toMatchObject({ labels: [1, 1], stderr: '' });
  const outside = { ...box, bbox: [30, 1, 5, 5] };
  const some = await truthOf('some.json', [box, { ...box, category_id: 2 }, { ...box, iscrowd: 1 }, outside]);
  expect(some.labels).toEqual([1]);
  expect(some.stderr).toBe(
    `note: ${some.path}: left out 3 of 4 annotations of a.png: 1 of categories that the model does not have (nucleus); ` +
      '1 crowd (iscrowd 1); 1 narrower than a pixel, outside the picture, or without a shape\n',
  );
  const crowd = await truthOf('crowd.json', [{ ...box, iscrowd: 1 }]);
  expect(crowd.stderr).toContain('left out 1 of 1 annotation of a.png: 1 crowd (iscrowd 1)');
  const none = await truthOf('none.json', []);
  expect(none.stderr).toBe(`note: ${none.path} annotates no objects in a.png\n`);
});

test('a data set of other categories is refused, as eval refuses it', async () => {
  await expect(truthOf('nuclei.json', [box], ['nucleus'])).rejects.toThrow(
    'nuclei.json: none of its categories (nucleus) is among those of the model: cat, dog',
  );
});
