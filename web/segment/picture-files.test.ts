import { describe, expect, it } from 'vitest';
import { namedFiles } from '../files/named-files.ts';
import { picturesAmong } from './picture-files.ts';

function choose(...names: [name: string, type?: string][]) {
  const files = names.map(([path, type = '']) => ({ file: new File(['…'], path, { type }), path }));
  const { pictures, problem } = picturesAmong(files);
  return { names: pictures.map(({ name }) => name), problem: problem?.message ?? null };
}

describe('the pictures among chosen files', () => {
  it('are in natural order, without hidden files, and others are counted', () => {
    const files = [
      ['10.png', 'image/png'],
      ['2.png', 'image/png'],
      ['._2.png', 'image/png'],
      ['notes.txt', 'text/plain'],
    ];
    expect(choose(...(files as [string, string][]))).toEqual({
      names: ['2.png', '10.png'],
      problem: '1 file that is not a picture was left out',
    });
  });

  it('are recognised by name where the browser knows no type, unreadable ones too', () => {
    expect(choose(['a.TIF'], ['b.heic'], ['c.csv']).names).toEqual(['a.TIF', 'b.heic']);
    expect(choose(['a.txt', 'text/plain'], ['b.csv']).problem).toBe(
      'There are no pictures among these files.',
    );
  });

  it('are what a single file is, unless its type says otherwise', () => {
    expect(choose(['IMG_1'])).toEqual({ names: ['IMG_1'], problem: null });
    expect(choose(['notes.txt', 'text/plain'])).toEqual({
      names: [],
      problem: 'notes.txt is not a picture (text/plain)',
    });
  });

  it('have the paths inside their folder as names', () => {
    const file = new File(['…'], 'a.png', { type: 'image/png' });
    Object.defineProperty(file, 'webkitRelativePath', { value: 'photos/day 1/a.png' });
    const plain = new File(['…'], 'b.png', { type: 'image/png' });
    Object.defineProperty(plain, 'webkitRelativePath', { value: '' });
    expect(namedFiles([file, plain]).map(({ path }) => path)).toEqual(['day 1/a.png', 'b.png']);
  });
});
