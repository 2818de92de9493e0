import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { encodeBrush } from './brush-rle.ts';

/** Written by test/oracle/brush.py from Label Studio's SDK. */
const golden: { size: [number, number]; pixels: number[]; rle: number[] }[] = JSON.parse(
  readFileSync(new URL('../../../test/golden/export/brush.json', import.meta.url), 'utf8'),
);

/** The decoder of `rle-pack`: runs, and stretches of single values. */
function decode(bytes: readonly number[]): number[] {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let at = 0;
  const read = (width: number) => {
    at += width;
    return Number.parseInt(bits.slice(at - width, at), 2);
  };
  const length = read(32);
  const wordBits = read(5) + 1;
  const sizes = [0, 0, 0, 0].map(() => read(4) + 1);
  const values: number[] = [];
  while (values.length < length) {
    const isRun = read(1) === 1;
    const count = read(sizes[read(2)]) + 1;
    if (isRun) values.push(...new Array<number>(count).fill(read(wordBits)));
    else for (let i = 0; i < count; i++) values.push(read(wordBits));
  }
  return values;
}

const rgbaOf = (pixels: readonly number[]) =>
  pixels.flatMap((inside) => new Array<number>(4).fill(255 * inside));

test.each(golden)('a mask decodes like that of Label Studio’s SDK', ({ size, pixels, rle }) => {
  expect(decode(rle).filter((_, i) => i % 4 === 3)).toEqual(pixels.map((inside) => 255 * inside));
  expect(decode(encodeBrush(encodeBitmap(Uint8Array.from(pixels), size)))).toEqual(rgbaOf(pixels));
});

test('runs longer than the longest length are divided', () => {
  const pixels = new Uint8Array(200 * 150);
  pixels.fill(1, 29_000);
  expect(decode(encodeBrush(encodeBitmap(pixels, [150, 200])))).toEqual(rgbaOf([...pixels]));
});
