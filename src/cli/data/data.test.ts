import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { runCommand } from '../../../test/support/run-command.ts';
import { writeSquares } from '../../../test/support/square-pictures.ts';
import { tiffStack } from '../../../test/support/tiff-stack.ts';
import { readCocoDataset } from '../../data/coco/coco.ts';
import type { CocoDataset } from '../../data/coco/types.ts';
import { dataCommand } from './data.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const run = (name: string, ...args: string[]) =>
  runCommand(dataCommand().commands.find((command) => command.name() === name)!, args);
mkdirSync(folder.at('squares'));
const squares = writeSquares(folder.at('squares'), 10, 3);

test('split writes a data set for each part, and keeps groups together', async () => {
  const out = folder.at('split');
  const { stdout, error } = await run(
    'split',
    squares,
    '--out',
    out,
    '--parts',
    'train=7,val=3',
    '--seed',
    '2',
  );
  expect(error).toBeUndefined();
  const [train, val] = await Promise.all(
    ['train', 'val'].map((name) => readCocoDataset(`${out}/${name}.json`)),
  );
  expect([train.images.length, val.images.length]).toEqual([7, 3]);
  expect(stdout).toContain(`${out}/train.json: 7 images, ${train.annotations.length} annotations\n`);
  expect(val.categories).toEqual(train.categories);

  // Pictures 1 and 10 share the first digit.
  await run('split', squares, '--out', out, '--parts', 'a=1,b=1', '--group', '^(\\d)');
  const a = await readCocoDataset(`${out}/a.json`);
  const names = a.images.map(({ file_name }) => file_name);
  expect(names.includes('1.png')).toBe(names.includes('10.png'));
});

test.each([
  [['--parts', 'train=1'], 'Expected two different parts or more'],
  [['--parts', 'train=1,val=x'], 'Expected names and shares above 0'],
  [['--group', '('], 'Expected a regular expression'],
  [['--group', 'slide'], '--group: slide matches no file name, such as 1.png'],
])('split %j is refused', async (args, message) => {
  const { error } = await run('split', squares, '--out', folder.at('refused'), ...args);
  expect(String(error)).toContain(message);
});

test('merge renames classes and file names', async () => {
  const other = folder.write('other/data.json', {
    images: [{ id: 1, file_name: 'o.png', width: 5, height: 5 }],
    categories: [{ id: 1, name: 'box' }],
    annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [1, 1, 2, 2] }],
    info: { description: 'one box' },
    licenses: [{ id: 3, name: 'free' }],
  });
  await folder.picture('other/o.png', 5, 5);
  const out = folder.at('merged.json');
  const args = [squares, other, '--out', out, '--class', 'box=square'];
  const { stdout, error } = await run('merge', ...args, '--images', folder.at('squares'), folder.at('other'));
  expect(error).toBeUndefined();
  const { images, categories, info, licenses } = await readCocoDataset(out);
  expect([info, licenses]).toEqual([{ description: 'one box' }, [{ id: 3, name: 'free' }]]);
  expect(stdout).toContain(`${out}: 11 images, `);
  expect(categories.map(({ name }) => name)).toEqual(['square', 'disc']);
  expect([images[0].file_name, images[10].file_name]).toEqual(['squares/1.png', 'other/o.png']);
  expect(images[10].neg_category_ids).toEqual([]);
  const unused = await run('merge', ...args, '--class', 'z=square');
  expect(String(unused.error)).toContain('--class: no data set has the category z; known: square, disc, box');
  const twice = await run('merge', ...args, '--class', 'box=disc');
  expect(String(twice.error)).toContain('box already becomes square.');
  const wrong = await run('merge', ...args, '--images', folder.at('squares'));
  expect(String(wrong.error)).toContain('--images: expected the folder of each of the 2 data sets, got 1');
});

test('merge finds pictures as they are named elsewhere, and refuses folders without them', async () => {
  const images = ['C:\\photos\\deep\\a.png', 'deep\\b.png'].map((file_name, id) => ({
    id,
    file_name,
    width: 5,
    height: 5,
  }));
  const other = folder.write('named.json', {
    images,
    categories: [{ id: 1, name: 'disc' }],
    annotations: [],
  });
  for (const name of ['a', 'b']) await folder.picture(`named/deep/${name}.png`, 5, 5);
  const out = folder.at('found.json');
  const merge = (...folders: string[]) =>
    run('merge', squares, other, '--out', out, '--images', ...folders.map((name) => folder.at(name)));
  expect((await merge('squares', 'named')).error).toBeUndefined();
  const names = (await readCocoDataset(out)).images.slice(10).map(({ file_name }) => file_name);
  expect(names).toEqual(['named/deep/a.png', 'named/deep/b.png']);
  expect(String((await merge('none', 'named')).error)).toContain(
    `--images ${folder.at('none')}: expected the folder of the pictures of ${squares}`,
  );
  expect(String((await merge('squares', 'squares')).error)).toContain(
    `${folder.at('squares')}: is missing 2 of 2 pictures: C:\\photos\\deep\\a.png, deep\\b.png`,
  );
});

test('stats prints counts, histograms and classes', async () => {
  const { stdout } = await run('stats', squares);
  expect(stdout).toMatch(
    /^images {5}10 \(0 without instances\)\ninstances {2}\d+ \(\d+ with a mask\), 0 crowds\n/,
  );
  expect(stdout).toMatch(/instances per picture: min \d, median [\d.]+, mean [\d.]+, max \d\n/);
  expect(stdout).toMatch(/ {2}16 to 32 {2}\d+ █+\n/);
  expect(stdout).toMatch(/\n {2}(disc {4}|square {2})\d+ .*\n/);
  const { stdout: json } = await run('stats', squares, '--json');
  expect(JSON.parse(json)).toMatchObject({ images: 10, pictureSide: { min: 96, max: 96 } });
});

test('instances of images or classes that are not listed are not passed over in silence', async () => {
  const box = { image_id: 1, category_id: 1, bbox: [1, 1, 2, 2] };
  const stray = folder.write('stray.json', {
    images: [1, 2, 2].map((id) => ({ id, file_name: `${id}.png`, width: 5, height: 5 })),
    categories: [{ id: 1, name: 'disc' }],
    annotations: [box, { ...box, image_id: 9 }, { ...box, category_id: 9 }, { ...box, area: -1 }].map(
      (one, id) => ({ id, ...one }),
    ),
  });
  const { stdout, stderr } = await run('stats', stray);
  expect(stdout).toContain('images     2 (1 without instances)\ninstances  4 (0 with a mask), 0 crowds\n');
  expect(stderr).toBe(
    `note: ${stray}: images: left out 1 repeated record\n` +
      `note: ${stray}: 1 instance of images that are not listed: counted in no size, picture or class (check-data lists them)\n` +
      `note: ${stray}: 1 instance of categories that are not listed: counted in no class (check-data lists them)\n` +
      `note: ${stray}: 1 instance without an area: counted in no size (check-data lists them)\n`,
  );
  const { stdout: json } = await run('stats', stray, '--json');
  expect(JSON.parse(json)).toMatchObject({ instances: 4, withoutImage: 1, withoutCategory: 1 });
  const { error } = await run('split', stray, '--out', folder.at('stray'));
  expect(String(error)).toContain(`${stray}: annotation 1: there is no image 9`);
  expect(existsSync(folder.at('stray'))).toBe(false);
});

test('preview shows samples as annotated and as augmented', async () => {
  const out = folder.at('preview.html');
  const args = [squares, '--images', folder.at('squares'), '--from', 'nuclei', '--count', '2', '--out', out];
  const { stdout, error } = await run('preview', ...args);
  expect([stdout, error]).toEqual([`${out}: 2 samples\n`, undefined]);
  const html = readFileSync(out, 'utf8');
  expect(html.match(/<figcaption>annotated<\/figcaption>/g)).toHaveLength(2);
  expect(html.match(/<figcaption>augmented<\/figcaption>/g)).toHaveLength(2);
  const page = new Uint8Array(96 * 96);
  folder.write('squares/stack.tif', tiffStack([page, page], { width: 96, height: 96 }));
  const { images, annotations, categories } = JSON.parse(readFileSync(squares, 'utf8')) as CocoDataset;
  const stacked = {
    images: [{ ...images[0], file_name: 'stack.tif' }],
    annotations: annotations.filter(({ image_id }) => image_id === images[0].id),
    categories,
  };
  const [, ...options] = args;
  const pages = [folder.write('stacked.json', stacked), ...options, '--page', '2', '--count', '1'];
  expect(await run('preview', ...pages)).toMatchObject({ stdout: `${out}: 1 sample\n`, error: undefined });
  expect(readFileSync(out, 'utf8')).toContain('stack.tif page 2');
  const strays = [...stacked.annotations, { ...stacked.annotations[0], id: 0, image_id: 99 }];
  const gone = [...stacked.images, { ...images[0], id: 98, file_name: 'gone.png' }];
  const lacking = folder.write('lacking.json', { images: gone, annotations: strays, categories });
  const { stderr } = await run('preview', lacking, ...options, '--count', '2');
  expect(stderr).toContain(
    'note: left out 1 annotation of images that are not listed (check-data lists them)\n',
  );
  expect(stderr).toContain('gone.png: no such file; showing another picture instead\n');
  const incomplete = await run('preview', squares, '--out', out);
  expect(String(incomplete.error)).toContain('data preview: specify a data set and --images, or --config');
});
