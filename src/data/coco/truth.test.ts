import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compressRle } from '../../ops/rle/compressed.ts';
import { rleArea, rleBox } from '../../ops/rle/measure.ts';
import { maskOf } from './truth.ts';
import type { CocoSegmentation } from './types.ts';

interface GoldenMask {
  size: [number, number];
  segmentation: CocoSegmentation;
  rle: string;
  area: number;
  bbox: number[];
}

/** Written by test/oracle/data.py with pycocotools. */
const golden: GoldenMask[] = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../test/golden/data/masks.json'), 'utf8'),
);

describe('maskOf', () => {
  test(`${golden.length} annotations of every form are the masks of pycocotools, run for run`, () => {
    for (const { size, segmentation, rle, area, bbox } of golden) {
      const mask = maskOf({ id: 1, segmentation }, { height: size[0], width: size[1] });
      expect(compressRle(mask)).toBe(rle);
      expect(rleArea(mask)).toBe(area);
      expect(rleBox(mask)).toEqual(bbox);
    }
  });

  const image = { height: 30, width: 40 };

  test('rings of fewer than three points are left out', () => {
    const square = [1, 1, 5, 1, 5, 5, 1, 5];
    const whole = maskOf({ id: 1, segmentation: [square] }, image);
    expect(maskOf({ id: 1, segmentation: [square, [9, 9, 20, 20], []] }, image)).toEqual(whole);
    expect(rleArea(maskOf({ id: 1, segmentation: [[9, 9, 20, 20]] }, image))).toBe(0);
  });

  test.each([
    ['no segmentation', undefined, 'annotation 1: has no segmentation'],
    [
      'another size',
      { size: [40, 30], counts: [1200] },
      'annotation 1: segmentation: expected an RLE of height 30 and width 40, got 40 and 30',
    ],
    [
      'too few pixels',
      { size: [30, 40], counts: [100] },
      'annotation 1: segmentation: the runs hold 100 pixels, expected 1200',
    ],
    [
      'a coordinate beyond numbers',
      [[1, 1, 5, 1, 5, Number.POSITIVE_INFINITY]],
      'annotation 1: segmentation: a polygon has the coordinate Infinity, expected a number from',
    ],
  ] as [string, CocoSegmentation | undefined, string][])('%s', (_, segmentation, message) => {
    expect(() => maskOf(segmentation === undefined ? { id: 1 } : { id: 1, segmentation }, image)).toThrow(
      message,
    );
  });
});
