import { afterAll, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { streamPictures } from './picture-stream.ts';
import { findPictures } from './pictures.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const names = ['b.png', 'a-1.jpg', 'a/2.png', 'a/10.png', 'a.d/1.png', 'z/y/x.tif', 'ü.png', '.hidden.png'];
for (const name of [...names, 'note.txt', '._b.png', '__MACOSX/b.png']) folder.write(`in/${name}`, 'x');

async function streamed(args: string[], options: { recursive?: boolean; list?: string } = {}) {
  const { recursive = false, list } = options;
  const found: string[] = [];
  for await (const path of streamPictures(args, { recursive, list })) found.push(path);
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
