import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { TestFolder } from '../../../../test/support/folder.ts';
import { readCocoDataset } from '../../../data/coco/coco.ts';
import { onePixel } from '../../../export/pixel-size.ts';
import { Instance, InstanceMask, Prediction } from '../../../predict/instance.ts';
import { datasetIds, ownIds } from '../../../score/dataset-ids.ts';
import { prepareOutputs, type ResultOptions } from '../result-options.ts';
import { ndjsonOutput, picturesDone } from './ndjson.ts';
import type { PictureResult } from './picture-result.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const categories = [
  { id: 7, name: 'cell' },
  { id: 8, name: 'a/b' },
];

function resultOf(path: string, imageId: number, position = imageId): PictureResult {
  const instances = categories.map(
    (category, i) =>
      new Instance({
        category,
        score: 0.75,
        box: [i, 0, i + 1, 2],
        // Column i of 2 × 3 pixels.
        mask: new InstanceMask({ size: [2, 3], counts: Uint32Array.of(2 * i, 2, 4 - 2 * i) }),
        keypoints: null,
      }),
  );
  const picture = { width: 3, height: 2, data: new Uint8Array(18).fill(200) };
  return { position, path, imageIds: [imageId], picture, prediction: new Prediction(picture, instances) };
}

const given = (path: string) => ({ path, name: basename(path) });
const base = { tolerance: 0 } as const;

async function run(options: Partial<ResultOptions>, results: readonly PictureResult[]): Promise<void> {
  const pictures = results.map(({ path }) => given(path));
  const outputs = await prepareOutputs({ ...base, ...options }, pictures, ['model.safetensors']);
  await outputs({ ids: ownIds, categories, model: 'tiny', options: {} })(async (sink) => {
    for (const result of results) await sink(result);
  });
}

test('a COCO data set names the pages and channels of stacks', async () => {
  const coco = folder.at('pages.json');
  const stack = await folder.picture('stack.tif', 3, 2);
  const pages = [
    { ...resultOf(stack, 0), page: 1 },
    { ...resultOf(stack, 1), page: 2, channel: 'DAPI' },
  ];
  await run({ coco }, pages);
  const { images } = await readCocoDataset(coco);
  const image = { width: 3, height: 2, file_name: stack };
  expect(images).toEqual([
    { ...image, id: 0, page: 1 },
    { ...image, id: 1, page: 2, channel: 'DAPI' },
  ]);
});

test('one run writes every form', async () => {
  const names = ['json', 'csv', 'coco', 'ndjson', 'labels', 'rois', 'geojson', 'crops', 'out'] as const;
  const targets = Object.fromEntries(names.map((name) => [name, folder.at(`all/${name}`)]));
  const pictures = [await folder.picture('all/in/x.png', 3, 2), await folder.picture('all/in/y.jpg', 3, 2)];
  await run(targets, [resultOf(pictures[0], 0), resultOf(pictures[1], 1)]);
  const read = (name: string) => readFileSync(folder.at(`all/${name}`), 'utf8');
  expect(JSON.parse(read('json'))).toHaveLength(4);
  expect(read('csv').split('\r\n')).toHaveLength(6);
  expect(read('csv')).toContain(`${pictures[1]},2,a/b,0.75,px,2,`);
  const { images, annotations } = await readCocoDataset(folder.at('all/coco'));
  expect(images.map(({ id, file_name }) => [id, file_name])).toEqual([
    [0, pictures[0]],
    [1, pictures[1]],
  ]);
  expect(annotations.map(({ id, image_id, category_id, area }) => [id, image_id, category_id, area])).toEqual(
    [
      [1, 0, 7, 2],
      [2, 0, 8, 2],
      [3, 1, 7, 2],
      [4, 1, 8, 2],
    ],
  );
  const lines = read('ndjson')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ file_name, image_id, model }) => [file_name, image_id, model])).toEqual([
    [pictures[0], 0, 'tiny'],
    [pictures[1], 1, 'tiny'],
  ]);
  expect(lines[0]).toMatchObject({
    width: 3,
    height: 2,
    instances: [{ category_id: 7 }, { category_id: 8 }],
  });
  expect([...decode(readFileSync(folder.at('all/labels/y.png'))).data]).toEqual([1, 2, 0, 1, 2, 0]);
  expect(JSON.parse(read('geojson/x.geojson')).features).toHaveLength(2);
  expect(readdirSync(folder.at('all/rois'))).toEqual(['x.zip', 'y.zip']);
  expect(readdirSync(folder.at('all/out'))).toEqual(['x.png', 'y.png']);
  expect(readdirSync(folder.at('all/crops/x'))).toEqual(['1-cell.png', '2-a_b.png']);
});

test('instances whose class the data set lacks are left out of what has its ids, and counted', async () => {
  const names = ['json', 'coco', 'ndjson'] as const;
  const targets = Object.fromEntries(names.map((name) => [name, folder.at(`lacking/${name}`)]));
  await folder.picture('lacking/a.png', 3, 2);
  const data = {
    images: [{ id: 4, width: 3, height: 2, file_name: 'a.png' }],
    categories: [{ id: 70, name: 'cell' }],
  };
  const ids = datasetIds(data, categories);
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const write = async (options: Partial<ResultOptions>) => {
    const outputs = await prepareOutputs({ ...base, ...options }, [given('a.png')], []);
    await outputs({ ids, categories: data.categories, model: 'tiny', options: {}, data: 'one.json' })(
      async (sink) => {
        await sink(resultOf('a.png', 4, 0));
      },
    );
  };
  await write(targets);
  const left = '1 instance left out of --json, --coco, --ndjson';
  expect(printed.mock.calls).toEqual([
    [`note: ${left}, since one.json does not have their classes: 1 a/b\n`],
  ]);
  const read = (name: string) => JSON.parse(readFileSync(folder.at(`lacking/${name}`), 'utf8'));
  for (const records of [read('json'), read('coco').annotations, read('ndjson').instances])
    expect(records).toMatchObject([{ category_id: 70 }]);
  await write({ csv: folder.at('lacking/csv') });
  expect(readFileSync(folder.at('lacking/csv'), 'utf8').split('\r\n')).toHaveLength(4);
  expect(printed).toHaveBeenCalledTimes(1);
});

test('a failure leaves no file that pretends to be complete', async () => {
  const options = {
    json: folder.at('broken.json'),
    csv: folder.at('broken.csv'),
    coco: folder.at('broken.coco'),
  };
  const outputs = await prepareOutputs({ ...base, ...options }, [given('a.png')], []);
  const broken = outputs({ ids: ownIds, categories, model: 'tiny', options: {} })(async (sink) => {
    await sink(resultOf('a.png', 0));
    throw new Error('the network broke');
  });
  await expect(broken).rejects.toThrow('the network broke');
  expect(Object.values(options).filter((path) => existsSync(path))).toEqual([]);
});

test('an interrupted NDJSON file is continued after its last whole line', async () => {
  const path = folder.at('run.ndjson');
  const categoryIds = new Map(categories.map(({ id, name }) => [name, id]));
  const run = { model: 'tiny', options: { score: 0.3 }, imageIds: new Map(), categoryIds };
  expect(await picturesDone(path, run)).toEqual(new Set());
  const write = (names: string[], resume: boolean) =>
    ndjsonOutput(path, { ids: ownIds, model: 'tiny', options: { score: 0.3 }, resume })(async (sink) => {
      for (const name of names) await sink(resultOf(name, 0));
    });
  await write(['a.png', 'ü.png'], false);
  appendFileSync(path, '{"file_name":"c.png","ima');
  expect(await picturesDone(path, run)).toEqual(new Set(['a.png', 'ü.png']));
  await write(['c.png'], true);
  expect(await picturesDone(path, run)).toEqual(new Set(['a.png', 'ü.png', 'c.png']));
  await expect(picturesDone(path, { ...run, model: 'other' })).rejects.toThrow(
    `${path}: was made with the model tiny, not other; leave out --resume to replace it`,
  );
  for (const [options, message] of [
    [{ score: 0.5 }, 'with --score 0.3, not with --score 0.5'],
    [{}, 'with --score 0.3, not without --score'],
    [{ score: 0.3, tileWhole: true }, 'without --tile-whole, not with --tile-whole'],
    [{ score: 0.3, maxDet: 5 }, 'without --max-det, not with --max-det 5'],
    [{ score: 0.3, classes: ['cell', 'a/b'] }, 'without --classes, not with --classes cell,a/b'],
  ] as const) {
    await expect(picturesDone(path, { ...run, options })).rejects.toThrow(
      `${path}: was made ${message}; leave out --resume to replace it`,
    );
  }
  const others = new Map([...categoryIds].map(([name, id]) => [name, id + 40]));
  await expect(picturesDone(path, { ...run, categoryIds: others })).rejects.toThrow(
    `${path}: has cell as category 7, another number than this run gives (--data); leave out --resume to replace it`,
  );
  await write(['d.png'], false);
  expect(await picturesDone(path, { ...run, imageIds: new Map([['d.png', 0]]) })).toEqual(new Set(['d.png']));
  await expect(picturesDone(path, { ...run, imageIds: new Map([['d.png', 1]]) })).rejects.toThrow(
    `${path}: has d.png as picture 0, now it is 1: others were added or removed before it; leave out`,
  );
  appendFileSync(path, '{"a": 1}\n');
  await expect(picturesDone(path, run)).rejects.toThrow(`${path}: line 2 has no "file_name"`);
  for (const text of ['{"images":[],"annotations":[]}', 'hello']) {
    const other = folder.write('other.json', text);
    await expect(picturesDone(other, run)).rejects.toThrow(
      `${other}: is not a file of --ndjson, which --resume`,
    );
    expect(readFileSync(other, 'utf8')).toBe(text);
  }
});

test('the first line of a shard has the options too, and older files without them can be continued', async () => {
  const part = { shard: '1/2', start: 0, count: 1, pictures: 2, model: 'tiny' };
  const header = { ...part, list: 'ab', options: { score: 0.3 } };
  const categoryIds = new Map(categories.map(({ id, name }) => [name, id]));
  const run = {
    ...{ model: 'tiny', shard: header, options: { score: 0.3 } },
    ...{ imageIds: new Map(), categoryIds },
  };
  const path = folder.at('shard.ndjson');
  const shard = { header, failed: [] };
  await ndjsonOutput(path, { ids: ownIds, ...run, resume: false, shard })(async (sink) =>
    sink(resultOf('a.png', 0)),
  );
  expect(await picturesDone(path, run)).toEqual(new Set(['a.png']));
  await expect(picturesDone(path, { ...run, options: { score: 0.5 } })).rejects.toThrow(
    'not with --score 0.5',
  );
  const [first, second] = readFileSync(path, 'utf8').split('\n');
  expect(JSON.parse(first)).toEqual(header);
  expect(JSON.parse(second)).not.toHaveProperty('options');
  const older = folder.write('older.ndjson', `${JSON.stringify(part)}\n${second}\n`);
  expect(await picturesDone(older, { ...run, options: { score: 0.5 } })).toEqual(new Set(['a.png']));
  const plain = folder.write('plain.ndjson', `${second}\n`);
  expect(await picturesDone(plain, { ...run, shard: undefined })).toEqual(new Set(['a.png']));
});

test.each<[Partial<ResultOptions>, string]>([
  [{ json: '-', csv: '-' }, '--json - and --csv - would mix on stdout'],
  [{ coco: '-' }, '--coco: expected a file'],
  [{ out: 'x', labels: './x' }, '--out and --labels would write the same files in x'],
  [{ csv: 'x', ndjson: './x' }, '--csv and --ndjson would both write ./x'],
  [{ resume: true }, '--resume: expected --ndjson <file>'],
  [{ resume: true, ndjson: 'a', csv: 'b' }, '--csv would lack the pictures that --resume skips'],
  [{ coco: '/no/folder/a.json' }, '/no/folder: cannot be written to'],
  [{ csv: 'a', overlayScale: 2 }, '--overlay-scale needs --out, which it changes: add it, or leave'],
  [{ out: 'a', pixelSize: onePixel }, '--pixel-size needs --csv'],
  [{ out: 'a', labelFormat: 'png' }, '--label-format needs --labels'],
  [{ labels: 'a', tolerance: 1 }, '--tolerance needs --rois or --geojson'],
])('%j is refused', async (options, message) => {
  await expect(prepareOutputs({ ...base, ...options }, [given('a.png')], [])).rejects.toThrow(message);
});

test('no output replaces a picture', async () => {
  const picture = await folder.picture('own/a.png', 3, 2);
  await expect(prepareOutputs({ ...base, labels: folder.at('own') }, [given(picture)], [])).rejects.toThrow(
    `--labels ${folder.at('own')} would replace`,
  );
  await expect(prepareOutputs({ ...base, csv: picture }, [given(picture)], [])).rejects.toThrow(
    '--csv would replace',
  );
});
