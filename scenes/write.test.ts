import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { checkDataset } from '../src/data/check/check-dataset.ts';
import { readCocoDataset } from '../src/data/coco/coco.ts';
import { decodePicture } from '../src/image/decode.ts';
import { TestFolder } from '../test/support/folder.ts';
import { loadArt } from './art.ts';
import { artCategories } from './art-table.ts';
import { composeScene } from './compose.ts';
import { type DatasetOptions, seedOfScene, writeScenes } from './write.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const options: Omit<DatasetOptions, 'folder'> = {
  count: 4,
  seed: 9,
  styles: ['emojione'],
  width: 160,
  height: 128,
  thrown: { fewest: 5, most: 12 },
  format: 'png',
};
const objects = await writeScenes({ ...options, folder: folder.at('first') });

/** Every file of a written data set. */
function filesOf(name: string): Map<string, string> {
  const pictures = readdirSync(folder.at(`${name}/images`)).map((file) => `images/${file}`);
  return new Map(
    ['annotations.json', ...pictures].map((file) => [
      file,
      readFileSync(folder.at(`${name}/${file}`)).toString('base64'),
    ]),
  );
}

test('the data set passes check-data', async () => {
  const dataset = await readCocoDataset(folder.at('first/annotations.json'));
  const problems = await checkDataset(dataset, { imagesDir: folder.at('first/images') });
  // Four scenes cannot show all categories.
  expect(problems.filter(({ code }) => code !== 'unused-category')).toEqual([]);
  expect(dataset.images).toHaveLength(4);
  expect(dataset.annotations).toHaveLength(objects);
  expect(dataset.categories.map(({ id, name }) => [id, name])).toEqual(
    artCategories.map(({ id, name }) => [id, name]),
  );
});

test('pictures and annotations are those of the scenes', async () => {
  const art = await loadArt(options.styles);
  const dataset = await readCocoDataset(folder.at('first/annotations.json'));
  for (const [index, image] of dataset.images.entries()) {
    const scene = composeScene(art, { seed: seedOfScene(9, index), width: 160, height: 128 });
    const picture = await decodePicture(folder.at(`first/images/${image.file_name}`));
    expect([picture.width, picture.height]).toEqual([scene.picture.width, scene.picture.height]);
    expect(Buffer.compare(picture.data, scene.picture.data)).toBe(0);
    const annotations = dataset.annotations.filter(({ image_id }) => image_id === image.id);
    expect(annotations.map(({ category_id }) => category_id)).toEqual(
      scene.objects.map(({ category }) => category.id),
    );
    expect(annotations.map(({ bbox }) => Array.from(bbox ?? []))).toEqual(
      scene.objects.map(({ box: [x1, y1, x2, y2] }) => [x1, y1, x2 - x1, y2 - y1]),
    );
  }
});

test('equal seeds write equal bytes', async () => {
  await writeScenes({ ...options, folder: folder.at('second') });
  expect(filesOf('second')).toEqual(filesOf('first'));
});

test('a scene does not depend on how many there are; other seeds give other scenes', async () => {
  await writeScenes({ ...options, count: 1, folder: folder.at('short') });
  await writeScenes({ ...options, count: 1, seed: 10, folder: folder.at('other') });
  const picture = 'images/000000.png';
  expect(filesOf('short').get(picture)).toBe(filesOf('first').get(picture));
  expect(filesOf('other').get(picture)).not.toBe(filesOf('first').get(picture));
  const seeds = new Set(Array.from({ length: 5000 }, (_, i) => seedOfScene(1 + (i % 5), Math.floor(i / 5))));
  expect(seeds.size).toBe(5000);
});
