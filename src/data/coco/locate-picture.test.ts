import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { locateEnd, locatePicture } from './locate-picture.ts';

const folder = new TestFolder();
const composed = 'caf\u00e9.png';
const decomposed = 'the\u0301.png';
beforeAll(() => {
  for (const name of ['a/1.png', '2.png', composed, decomposed]) folder.write(name, 'x');
  if (process.platform !== 'win32') folder.write('b\\1.png', 'x');
});
afterAll(() => folder.remove());

it.each([
  ['a/1.png', 'a/1.png'],
  ['a\\1.png', 'a/1.png'],
  ['b\\1.png', 'b\\1.png'],
  ['/home/me/a/1.png', 'a/1.png'],
  ['C:\\Users\\me\\2.png', '2.png'],
  ['caf\u0065\u0301.png', composed],
  ['th\u00e9.png', decomposed],
])('%s is the file %s', (name, file) => expect(locatePicture(folder.at('.'), name)).toBe(file));

it('a name may begin with the name of the folder', () => {
  expect(locatePicture(folder.at('a'), 'a\\1.png')).toBe('1.png');
  expect(locatePicture(folder.at('a'), 'b/1.png')).toBeUndefined();
});

it.each([
  ['pictures/a/1.png', 'a/1.png'],
  ['../pictures/2.png', '2.png'],
  ['pictures\\cafe\u0301.png', composed],
  ['pictures/3.png', undefined],
])('the end of %s is the file %s', (name, file) => expect(locateEnd(folder.at('.'), name)).toBe(file));

it.each(['1.png', 'x/2.png', 'b/1.png'])('%s is not a file', (name) =>
  expect(locatePicture(folder.at('.'), name)).toBeUndefined(),
);
