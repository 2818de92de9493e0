import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { seededRandom } from '../../core/random.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { decodeLabelPng, masksByValue, readLabelPng } from './label-png.ts';

const golden = resolve(import.meta.dirname, '../../../test/golden/data/pngs');

/** Written by test/oracle/data.py with Pillow. */
const values: Record<string, { kind: string; width: number; height: number; values: number[] }> = JSON.parse(
  readFileSync(join(golden, 'values.json'), 'utf8'),
);

const folder = new TestFolder();
afterAll(() => folder.remove());

describe('readLabelPng', () => {
  test.each(Object.keys(values))('%s has the values that Pillow reads', async (name) => {
    const png = await readLabelPng(join(golden, name));
    expect({ ...png, values: Array.from(png.values), palette: undefined }).toEqual({
      ...values[name],
      palette: undefined,
    });
  });

  test('the palette comes along', async () => {
    const { palette } = await readLabelPng(join(golden, 'palette-2.png'));
    expect(palette).toEqual([0, 1, 2, 3].map((i) => i * 65_536 + (255 - i) * 256 + i * 7));
  });

  test.each([
    ['text', Buffer.from('hello'), /text\.png: expected a PNG file \(/],
    [
      'cut off',
      readFileSync(join(golden, 'grey-8.png')).subarray(0, 60),
      /cut off\.png: expected a PNG file \(/,
    ],
    [
      '16-bit colour',
      encode({ width: 1, height: 1, data: Uint16Array.of(1, 2, 3), channels: 3, depth: 16 }),
      /is a 16-bit colour PNG/,
    ],
  ])('%s', async (name, content, message) => {
    const path = folder.write(`${name}.png`, content);
    await expect(readLabelPng(path)).rejects.toThrow(message);
  });

  test('an interlaced PNG of less than 8 bits is rejected, not misread', () => {
    const content = Buffer.from(readFileSync(join(golden, 'palette-4.png')));
    content[28] = 1;
    expect(() => decodeLabelPng(content, 'a.png')).toThrow(/^a\.png: /);
  });

  test('a missing file', async () => {
    await expect(readLabelPng(folder.at('none.png'))).rejects.toThrow(/none\.png: cannot be read \(ENOENT/);
  });
});

describe('masksByValue', () => {
  test('has the mask of each value, as encoding them one by one gives it', () => {
    const random = seededRandom(6);
    for (let round = 0; round < 50; round++) {
      const width = 1 + random.integer(12);
      const height = 1 + random.integer(12);
      const labels = Uint16Array.from({ length: width * height }, () =>
        random.uniform() < 0.4 ? 0 : 255 + random.integer(4),
      );
      const masks = masksByValue({ width, height, values: labels }, (value) => value === 255);
      const present = [...new Set(labels)].filter((value) => value > 255).sort((a, b) => a - b);
      expect([...masks.keys()]).toEqual(present);
      for (const [value, mask] of masks) {
        const bitmap = Uint8Array.from(labels, (label) => (label === value ? 1 : 0));
        expect(mask).toEqual(encodeBitmap(bitmap, [height, width]));
      }
    }
  });
});
