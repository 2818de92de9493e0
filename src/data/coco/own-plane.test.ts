import { expect, test } from 'vitest';
import { CocoData } from './dataset.ts';
import { isOwnPlane, ownPlane } from './own-plane.ts';
import { formatProblem, type Problem } from './problems.ts';
import { checkImage } from './record-checks.ts';
import { uniqueRecords } from './unique-records.ts';

const image = { id: 1, width: 7, height: 5, file_name: 'a.tif' };

test('an image of a TIFF file names its page and channel; the fields of other files are not read', () => {
  expect(ownPlane({ ...image, page: 3, channel: 'DAPI' })).toEqual({ page: 3, channel: 'DAPI' });
  expect(ownPlane({ ...image, file_name: 'a.OME.TIFF', channel: '2' })).toEqual({ channel: 2 });
  expect(ownPlane({ ...image, file_name: 'scan-12.png', page: 12, channel: 'web' })).toEqual({});
});

test.each([
  [{ page: 0 }, 'page: expected a whole number from 1, got 0'],
  [{ page: '2' }, 'page: expected a whole number from 1, got "2"'],
  [{ channel: '' }, 'channel: expected the number of a channel, from 1, or its name, got ""'],
  [{ channel: 1.5 }, 'channel: expected the number of a channel, from 1, or its name, got 1.5'],
])('%j is reported and removed, of a TIFF file only', (fields, message) => {
  const problems: Problem[] = [];
  const check = (record: object) => checkImage(record, 0, (problem) => problems.push(problem));
  expect(check({ ...image, ...fields })).toEqual(image);
  expect(problems.map(formatProblem)).toEqual([`fatal: image 1 (a.tif): ${message} [malformed]`]);
  const page = { ...image, file_name: 'a.png', ...fields };
  expect(check({ ...page })).toEqual(page);
  expect(check({ ...image, page: null })).toEqual(image);
  expect(problems).toHaveLength(1);
});

test('a chosen plane is that of a record unless the record names another', () => {
  expect(isOwnPlane(image, { page: 3, channel: 'GFP' })).toBe(true);
  expect(isOwnPlane({ ...image, page: 3 }, { page: 3 })).toBe(true);
  expect(isOwnPlane({ ...image, page: 3 }, { page: 2 })).toBe(false);
  expect(isOwnPlane({ ...image, page: 1 }, {})).toBe(true);
  expect(isOwnPlane({ ...image, channel: 'DAPI' }, { channel: 'dapi' })).toBe(true);
  expect(isOwnPlane({ ...image, channel: 'DAPI' }, { channel: 'GFP' })).toBe(false);
  expect(isOwnPlane({ ...image, channel: 'DAPI' }, { channel: 1 })).toBe(true);
});

test('two pages with one id are different images', () => {
  const images = [
    { ...image, page: 1 },
    { ...image, page: 2 },
  ];
  expect(() => uniqueRecords(new CocoData({ images, annotations: [], categories: [] }, 'a.json'))).toThrow(
    'a.json: images: a.tif page 1 (7×5) and a.tif page 2 (7×5) have the same id, 1; renumber them',
  );
});
