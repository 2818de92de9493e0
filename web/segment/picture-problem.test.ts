import { expect, test } from 'vitest';
import { errorText, ServerProblem } from '../words/page-error.ts';
import { isHeic, predictionError } from './picture-problem.ts';

const fileType = (brands: string) => new Blob([`\0\0\0\x1cftyp${brands}`]);

test('HEIC is recognised by its brands, and AVIF is not HEIC', async () => {
  const files = [
    'heic\0\0\0\0mif1heic',
    'mif1\0\0\0\0mif1heic',
    'hevx',
    'avif\0\0\0\0avifmif1',
    'mif1\0\0\0\0avif',
  ];
  expect(await Promise.all(files.map((brands) => isHeic(fileType(brands))))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(await isHeic(new Blob(['\x89PNG\r\n']))).toBe(false);
});

test('a picture that the server cannot read is named, in the language of the page', async () => {
  const told = (name: string, kind: 'damaged-picture' | 'unsupported-type' | 'busy', content = 'text') =>
    predictionError(
      { picture: new Blob([content]), name, source: 'server' },
      new ServerProblem(kind, 'A title', 'a detail'),
    );
  const damaged = await told('bad.jpg', 'damaged-picture');
  expect(errorText(damaged, 'en')).toBe('bad.jpg is damaged and cannot be decoded.');
  expect(errorText(damaged, 'zh')).toBe('bad.jpg 已损坏，无法解码。');
  const text = await told('notes.jpg', 'unsupported-type');
  expect(errorText(text, 'en')).toMatch(/^notes\.jpg is not a picture that can be read/);
  expect(errorText(text, 'zh')).toMatch(/^notes\.jpg 不是可读取的图片/);
  expect(errorText(await told('a.heic', 'unsupported-type', '\0\0\0\x1cftypheic'), 'en')).toMatch(
    /HEIC photo/,
  );
  expect(await told('a.png', 'busy')).toBeInstanceOf(ServerProblem);
});
