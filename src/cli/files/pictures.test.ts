import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outputPaths } from './output-paths.ts';
import { findPictures as find } from './pictures.ts';

let folder: string;
const findPictures = async (args: string[], options = {}) =>
  (await find(args, options)).map(({ path }) => path);
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-pictures-'));
  await mkdir(at('deep', 'deeper'), { recursive: true });
  await mkdir(at('empty'));
  for (const name of ['b.PNG', 'a.jpg', 'notes.txt', 'odd[1].png', 'deep/deeper/c.webp'])
    await writeFile(at(name), '');
});

afterAll(() => rm(folder, { recursive: true }));

test('a folder means the pictures directly in it, in order', async () => {
  expect(await findPictures([folder])).toEqual([at('a.jpg'), at('b.PNG'), at('odd[1].png')]);
});

test('a pattern means all matches, including those in subfolders', async () => {
  expect(await findPictures([at('**', '*.{jpg,webp}')])).toEqual([
    at('a.jpg'),
    at('deep', 'deeper', 'c.webp'),
  ]);
});

test('a file is used once, whatever its name', async () => {
  expect(
    await findPictures([at('odd[1].png'), at('notes.txt'), at('odd[1].png'), at('missing.jpg')]),
  ).toEqual([at('odd[1].png'), at('notes.txt'), at('missing.jpg')]);
});

test('a folder or a pattern that yields nothing is an error', async () => {
  await expect(findPictures([at('empty')])).rejects.toThrow(/empty: contains no pictures \(\.jpg .*\)$/);
  await expect(findPictures([at('deep')])).rejects.toThrow(
    /contains no pictures \(.*\); --recursive searches its subfolders$/,
  );
  await expect(findPictures([at('*.bmp')])).rejects.toThrow(/\*\.bmp: no file matches this pattern/);
});

const overlays = { option: '--out', ending: '.png' };

test('--recursive adds the subfolders; hidden files are left out, and formats that cannot be read are named', async () => {
  await mkdir(at('mixed', 'sub', '__MACOSX'), { recursive: true });
  for (const name of ['a.png', '._a.png', 'sub/b.TIF', 'sub/__MACOSX/c.png', 'd.heic', 'sub/e.bmp'])
    await writeFile(at('mixed', name), '');
  const notes: string[] = [];
  const onNote = (line: string) => notes.push(line);
  expect(await findPictures([at('mixed')], { onNote })).toEqual([at('mixed', 'a.png')]);
  const found = await find([at('mixed')], { recursive: true, onNote });
  expect(found.map(({ name }) => name)).toEqual(['a.png', 'sub/b.TIF']);
  expect(notes).toEqual([
    `${at('mixed')}: left out 1 file that cannot be read (.heic); convert them to PNG or TIFF`,
    `${at('mixed')}: left out 2 files that cannot be read (.heic, .bmp); convert them to PNG or TIFF`,
  ]);
});

test('an address is taken as it is, and named by its last part', async () => {
  const addresses = ['https://example.org/x/caf%C3%A9.jpg?size=1', 'http://example.org/'];
  expect(await find(addresses)).toEqual([
    { path: addresses[0], name: 'café.jpg' },
    { path: addresses[1], name: 'picture' },
  ]);
});

test('overlays keep the name and the folder of their picture', async () => {
  const named = (...names: string[]) => names.map((name) => ({ path: `photos/${name}`, name }));
  const paths = (...names: string[]) => outputPaths(named(...names), 'out', overlays);
  expect(await paths('x/a.jpg', 'y/a.png', 'b.jpg')).toEqual(
    ['x/a.png', 'y/a.png', 'b.png'].map((name) => join('out', name)),
  );
  expect(await paths('a.jpg', 'A.tif', '../c.gif')).toEqual(
    ['a.jpg.png', 'A.tif.png', 'c.png'].map((name) => join('out', name)),
  );
  const twice = ['x/a.jpg', 'y/a.jpg'].map((path) => ({ path, name: 'a.jpg' }));
  expect(await outputPaths(twice, 'out', overlays)).toEqual(
    ['a.png', 'a-2.png'].map((name) => join('out', name)),
  );
});

test('an overlay never replaces a picture', async () => {
  const given = (name: string) => [{ path: at(name), name }];
  await expect(outputPaths(given('odd[1].png'), folder, overlays)).rejects.toThrow(
    /would replace .*odd\[1\]\.png/,
  );
  expect(await outputPaths(given('a.jpg'), folder, overlays)).toEqual([at('a.png')]);
});
