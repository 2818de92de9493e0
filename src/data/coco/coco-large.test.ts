import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cocoFile } from '../../../bench/coco-file.ts';
import { checkDataset, summarise } from '../check/check-dataset.ts';
import { readCocoDataset } from './coco.ts';

test('a synthetic file of 10 MB reads as JSON.parse reads it, and is sound', async () => {
  const path = await cocoFile({ images: 2500, annotations: 18_000 });
  const content = readFileSync(path, 'utf8');
  const data = await readCocoDataset(path);
  const expected = JSON.parse(content);
  expect(data.images).toEqual(expected.images);
  expect(data.categories).toEqual(expected.categories);
  expect(data.annotations).toHaveLength(expected.annotations.length);
  // Compare texts: deep equality of 800,000 numbers takes the test runner a minute.
  const different = data.annotations.filter((one, i) => textOf(one) !== textOf(expected.annotations[i]));
  expect(different).toEqual([]);
  expect(summarise(data, await checkDataset(data))).toMatchObject({ fatal: 0, warnings: 0 });
});

/** JSON with sorted keys, and typed arrays as plain arrays. */
function textOf(record: unknown): string {
  return JSON.stringify(record, (_, value: unknown) => {
    if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value).sort()) : value;
  });
}
