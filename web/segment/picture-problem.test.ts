import { expect, test } from 'vitest';
import { isHeic } from './picture-problem.ts';

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
