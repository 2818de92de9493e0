import { afterAll, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { findPictures } from '../files/pictures.ts';
import { type PictureStreamOptions, streamPictures } from './picture-stream.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const names = ['b.png', 'a-1.jpg', 'a/2.png', 'a/10.png', 'a.d/1.png', 'z/y/x.tif', 'ü.png', '.hidden.png'];
for (const name of [...names, 'note.txt', '._b.png', '__MACOSX/b.png']) folder.write(`in/${name}`, 'x');

async function streamed(args: string[], options: Partial<PictureStreamOptions> = {}) {
  const found: string[] = [];
  for await (const path of streamPictures(args, { recursive: false, list: undefined, ...options }))
    found.push(path);
  return found;
}

test.each([false, true])(
  'folders have the pictures and the order of predict (recursive: %s)',
  async (recursive) => {
    const whole = await findPictures([folder.at('in')], { recursive });
    expect(await streamed([folder.at('in')], { recursive })).toEqual(whole.map(({ path }) => path));
  },
);

test('files, addresses, patterns and lists follow each other', async () => {
  const list = folder.write('list.txt', 'one.png\r\nhttps://photos.example/2.png\n\n  \ns3://bucket/3.png');
  const pattern = folder.at('in/a/*.png');
  expect(await streamed(['missing.png', 'http://photos.example/1.png', pattern], { list })).toEqual([
    'missing.png',
    'http://photos.example/1.png',
    folder.at('in/a/10.png'),
    folder.at('in/a/2.png'),
    'one.png',
    'https://photos.example/2.png',
    's3://bucket/3.png',
  ]);
});

test('a folder without pictures and a list that is missing are errors', async () => {
  folder.write('empty/note.txt', 'x');
  await expect(streamed([folder.at('empty')])).rejects.toThrow('empty: contains no pictures (.jpg');
  await expect(streamed([], { list: folder.at('none.txt') })).rejects.toThrow('none.txt: cannot be read');
});

test('each picture comes once, however often it is given', async () => {
  const args = [folder.at('in'), folder.at('in/b.png'), folder.at('in/*.png')];
  const list = folder.write('again.txt', `new.png\n${folder.at('in/b.png')}\nnew.png\n`);
  const whole = await findPictures(args);
  expect(await streamed(args, { list })).toEqual([...whole.map(({ path }) => path), 'new.png']);
});

test('files in a folder that cannot be read are counted, as predict does', async () => {
  for (const name of ['a.png', 'b.bmp', 'c.heic', 'deep/d.bmp']) folder.write(`mixed/${name}`, 'x');
  folder.write('unreadable/b.bmp', 'x');
  folder.write('unreadable/deep/a.png', 'x');
  const [own, theirs]: string[][] = [[], []];
  for (const recursive of [false, true]) {
    await streamed([folder.at('mixed')], { recursive, onNote: (line) => own.push(line) });
    await findPictures([folder.at('mixed')], { recursive, onNote: (line) => theirs.push(line) });
  }
  expect(own).toEqual(theirs);
  expect(own[0]).toContain('left out 2 files that cannot be read (.bmp, .heic)');
  const refused = await findPictures([folder.at('unreadable')]).catch(String);
  expect(await streamed([folder.at('unreadable')]).catch(String)).toBe(refused);
});

test('a list may have a byte order mark and white space at the ends of lines, but not nothing', async () => {
  const list = folder.write('mark.txt', '\ufeffone.png \r\ntwo.png\t\nthree.png\r');
  expect(await streamed([], { list })).toEqual(['one.png', 'two.png', 'three.png']);
  const empty = folder.write('empty.txt', '\ufeff\n \n');
  await expect(streamed([], { list: empty })).rejects.toThrow('empty.txt: expected a picture on each line');
});
