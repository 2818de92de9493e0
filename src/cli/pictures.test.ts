import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outputPaths } from './output-paths.ts';
import { findPictures } from './pictures.ts';

let folder: string;
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
    /to search its subfolders, use the pattern '.*\*\*.\*\.jpg'/,
  );
  await expect(findPictures([at('*.bmp')])).rejects.toThrow(/\*\.bmp: no file matches this pattern/);
});

const overlays = { option: '--out', ending: '.png' };

test('overlays of pictures that share a name are numbered', async () => {
  const paths = await outputPaths(['x/a.jpg', 'y/a.png', 'z/A.tif', 'b.jpg'], 'out', overlays);
  expect([...paths.values()]).toEqual(['a', 'a-2', 'A-3', 'b'].map((stem) => join('out', `${stem}.png`)));
});

test('an overlay never replaces a picture', async () => {
  await expect(outputPaths([at('odd[1].png')], folder, overlays)).rejects.toThrow(
    /would replace .*odd\[1\]\.png/,
  );
  expect((await outputPaths([at('a.jpg')], folder, overlays)).get(at('a.jpg'))).toBe(at('a.png'));
});
