import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { readCocoDataset } from './coco.ts';
import type { CocoDataset } from './types.ts';
import { writeCocoDataset } from './write-coco.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const dataset: CocoDataset = {
  info: { description: 'é' },
  licenses: [{ id: 1 }],
  images: [{ id: 1, width: 4, height: 3, file_name: 'a "b".png' }],
  categories: [{ id: 2, name: 'x' }],
  annotations: [
    { id: 1, image_id: 1, category_id: 2, segmentation: [Float64Array.of(0.1, 0, 3, 0, 3, 3)] },
    { id: 2, image_id: 1, category_id: 2, segmentation: { size: [3, 4], counts: Uint32Array.of(5, 7) } },
  ],
};

test('reads back what was written, typed arrays as plain ones', async () => {
  const path = folder.at('out.json');
  await writeCocoDataset(path, dataset);
  const text = readFileSync(path, 'utf8');
  expect(JSON.parse(text).annotations[0].segmentation).toEqual([[0.1, 0, 3, 0, 3, 3]]);
  expect(text.split('\n').filter((line) => line.includes('"image_id"'))).toHaveLength(2);
  const { images, categories, info, licenses, annotations } = await readCocoDataset(path);
  expect({ images, categories, info, licenses }).toEqual({
    images: dataset.images,
    categories: dataset.categories,
    info: dataset.info,
    licenses: dataset.licenses,
  });
  expect(annotations[1].segmentation).toEqual({ size: [3, 4], counts: Float64Array.of(5, 7) });
});

test('a data set larger than one batch keeps all its records', async () => {
  const annotations = Array.from({ length: 60_000 }, (_, i) => ({ ...dataset.annotations[0], id: i }));
  await writeCocoDataset(folder.at('large.json'), { ...dataset, annotations });
  const read = await readCocoDataset(folder.at('large.json'));
  expect(read.annotations.map(({ id }) => id)).toEqual(annotations.map(({ id }) => id));
});

test('an unwritable place is one clear error and leaves nothing behind', async () => {
  const before = readdirSync(folder.path);
  await expect(writeCocoDataset(folder.at('none/out.json'), dataset)).rejects.toThrow(
    /none\/out\.json: cannot be written/,
  );
  expect(readdirSync(folder.path)).toEqual(before);
});
