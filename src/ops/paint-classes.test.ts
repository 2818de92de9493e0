import { expect, it } from 'vitest';
import { ignoredClass } from '../core/ignored-class.ts';
import { paintClasses } from './paint-classes.ts';
import { encodeBitmap } from './rle/bitmap.ts';
import type { Rle } from './rle/rle.ts';

const size = { width: 5, height: 3 };

/** Pixels marked by `#`. */
const mask = (...rows: string[]): Rle =>
  encodeBitmap(
    Uint8Array.from(rows.join(''), (mark) => Number(mark === '#')),
    [size.height, size.width],
  );

function paint(...objects: [label: number, mask: Rle][]): string[] {
  const labels = Int32Array.from(objects, ([label]) => label);
  const classes = paintClasses({ labels, masks: objects.map(([, own]) => own) }, size);
  return [0, 1, 2].map((y) =>
    [...classes.subarray(y * size.width, (y + 1) * size.width)]
      .map((value) => (value === ignoredClass ? 'x' : value))
      .join(''),
  );
}

it('paints only background without objects', () => {
  expect(paint()).toEqual(['00000', '00000', '00000']);
});

it('paints smaller objects over larger ones in any order', () => {
  const shirt = mask('####.', '####.', '####.');
  const tie = mask('.....', '.#...', '.#...');
  const expected = ['11110', '12110', '12110'];
  expect(paint([1, shirt], [2, tie])).toEqual(expected);
  expect(paint([2, tie], [1, shirt])).toEqual(expected);
});

it('lays the later of two equal objects on top', () => {
  const [left, right] = [mask('##...', '.....', '.....'), mask('.##..', '.....', '.....')];
  expect(paint([1, left], [2, right])[0]).toBe('12200');
  expect(paint([2, right], [1, left])[0]).toBe('11200');
});

it('leaves the objects within a crowd, however small the crowd', () => {
  const crowd = mask('..##.', '.....', '.....');
  expect(paint([3, mask('####.', '####.', '.....')], [ignoredClass, crowd])[0]).toBe('33330');
  expect(paint([ignoredClass, mask('#####', '#####', '.....')], [3, crowd])).toEqual([
    'xx33x',
    'xxxxx',
    '00000',
  ]);
});
