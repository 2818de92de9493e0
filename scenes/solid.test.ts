import { expect, test } from 'vitest';
import { solidPixels } from './solid.ts';

/** `#` opaque, `+` a little more than half, `-` half, space nothing. */
function solidOf(rows: string[]): string[] {
  const [width, height] = [rows[0].length, rows.length];
  const alphas: Record<string, number> = { '#': 255, '+': 128, '-': 127, ' ': 0 };
  const rgba = new Uint8Array(4 * width * height);
  [...rows.join('')].forEach((sign, i) => {
    rgba[4 * i + 3] = alphas[sign];
  });
  const solid = solidPixels({ width, height, data: rgba });
  return rows.map((_, y) => [...solid.subarray(y * width, (y + 1) * width)].join(''));
}

test('a pixel that is more than half opaque belongs to the object', () => {
  expect(solidOf(['#+- '])).toEqual(['1100']);
});

test('holes belong to the object, bays and corners do not', () => {
  expect(solidOf([' ### ', '#  - ', '# # #', '# # #', ' ### ', '#   #'])).toEqual([
    '01110',
    '10000',
    '10101',
    '10101',
    '01110',
    '10001',
  ]);
  expect(solidOf([' ### ', '#   #', '# # #', '#   #', ' ### '])).toEqual([
    '01110',
    '11111',
    '11111',
    '11111',
    '01110',
  ]);
});
