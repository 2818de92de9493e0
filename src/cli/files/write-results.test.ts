import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Instance, InstanceMask, Prediction } from '../../predict/instance.ts';
import { entriesOfLine, resultEntries } from '../../predict/result-entry.ts';
import { ownIds } from '../../score/dataset-ids.ts';
import { writeResults } from './write-results.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-results-'));
});
afterEach(() => rm(folder, { recursive: true }));

const prediction = new Prediction({ width: 3, height: 2 }, [
  new Instance({
    category: { id: 7, name: 'cell' },
    score: Math.fround(0.9),
    box: [Math.fround(0.1), 0, 2, 1.5],
    // The middle column of 2 × 3 pixels.
    mask: new InstanceMask({ size: [2, 3], counts: Uint32Array.of(2, 2, 2) }),
    keypoints: null,
  }),
  new Instance({
    category: { id: 8, name: 'hole' },
    score: 0.5,
    box: [0, 0, 1, 1],
    mask: null,
    keypoints: null,
  }),
]);

test('an instance becomes a COCO result', () => {
  const picture = { path: 'a.png', imageId: 4 };
  expect(resultEntries(picture, prediction, ownIds)).toEqual([
    {
      image_id: 4,
      file_name: 'a.png',
      category_id: 7,
      category_name: 'cell',
      bbox: [0.100000001, 0, 1.9, 1.5],
      score: 0.899999976,
      segmentation: { size: [2, 3], counts: '222' },
    },
    {
      image_id: 4,
      file_name: 'a.png',
      category_id: 8,
      category_name: 'hole',
      bbox: [0, 0, 1, 1],
      score: 0.5,
    },
  ]);
  expect(resultEntries(picture, prediction, { categoryId: ({ id }) => (id === 7 ? 1 : null) })).toHaveLength(
    1,
  );
});

test('a page of a stack is named, also where the result comes from a line of NDJSON', () => {
  const line = { file_name: 'a.tif', page: 2, image_id: 4, model: 'tiny', ...prediction.toJSON() };
  const entries = resultEntries({ path: 'a.tif', page: 2, imageId: 4 }, prediction, ownIds);
  expect(entries[0]).toMatchObject({ image_id: 4, file_name: 'a.tif', page: 2 });
  expect(entriesOfLine(line)).toEqual(entries);
});

test.each([0, 1, 3])('%d pictures make one JSON array', async (pictures) => {
  const path = join(folder, 'results.json');
  await writeResults(path, async (sink) => {
    for (let imageId = 0; imageId < pictures; imageId++) {
      await sink(resultEntries({ path: `${imageId}.png`, imageId }, prediction, ownIds));
      await sink([]);
    }
  });
  const results = JSON.parse(await readFile(path, 'utf8')) as { image_id: number }[];
  expect(results.map(({ image_id }) => image_id)).toEqual(
    Array.from({ length: 2 * pictures }, (_, entry) => entry >> 1),
  );
});

test('a failure in the middle leaves no file', async () => {
  const path = join(folder, 'results.json');
  const broken = writeResults(path, async (sink) => {
    await sink(resultEntries({ path: 'a.png', imageId: 0 }, prediction, ownIds));
    throw new Error('the network broke');
  });
  await expect(broken).rejects.toThrow('the network broke');
  expect(await readdir(folder)).toEqual([]);
});
