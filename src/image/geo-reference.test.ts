import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { readGeoReference } from './geo-reference-file.ts';

type Tag = readonly [tag: number, type: 3 | 12, values: readonly number[]];

/** A TIFF with nothing but tags. */
function tiff(tags: readonly Tag[], { little = true, big = false } = {}): Uint8Array {
  const bytes = new Uint8Array(2000);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, big ? 43 : 42, little);
  const pointer = (at: number, value: number) =>
    big ? view.setBigUint64(at, BigInt(value), little) : view.setUint32(at, value, little);
  if (big) view.setUint16(4, 8, little);
  pointer(big ? 8 : 4, 16);
  if (big) view.setBigUint64(16, BigInt(tags.length), little);
  else view.setUint16(16, tags.length, little);
  let free = 1000;
  tags.forEach(([tag, type, values], i) => {
    const at = (big ? 24 : 18) + i * (big ? 20 : 12);
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    pointer(at + 4, values.length);
    const length = values.length * (type === 3 ? 2 : 8);
    let place = at + (big ? 12 : 8);
    if (length > (big ? 8 : 4)) {
      pointer(place, free);
      place = free;
      free += length;
    }
    values.forEach((value, k) => {
      if (type === 3) view.setUint16(place + 2 * k, value, little);
      else view.setFloat64(place + 8 * k, value, little);
    });
  });
  return bytes;
}

const scale: Tag = [33_550, 12, [10, 20, 0]];
const tiepoint: Tag = [33_922, 12, [2, 3, 0, 500_000, 4_000_000, 0]];
const keys = (...entries: number[][]): Tag => [34_735, 3, [1, 1, 0, entries.length, ...entries.flat()]];

interface Expected {
  transform: number[];
  epsg: number | null;
  /** Where the right lower corner of 3 × 2 pixels lies. */
  corner: [number, number];
}

/** Written by test/oracle/geotiff.py from rasterio. */
const golden = new URL('../../test/golden/geotiff/', import.meta.url);
const expected: Record<string, Expected> = JSON.parse(readFileSync(new URL('expected.json', golden), 'utf8'));

test.each(Object.entries(expected))('%s, as rasterio reads it', async (name, { transform, epsg, corner }) => {
  const found = await readGeoReference(fileURLToPath(new URL(`${name}.tif`, golden)));
  expect(found).toEqual({ transform, epsg });
  const [a, b, c, d, e, f] = found!.transform;
  expect([3 * a + 2 * b + c, 3 * d + 2 * e + f]).toEqual(corner);
});

test.each([{}, { little: false }, { big: true }])('scale and tiepoint, %j', async (form) => {
  const file = tiff([scale, tiepoint, keys([1024, 0, 1, 1], [3072, 0, 1, 32_633])], form);
  expect(await readGeoReference(file)).toEqual({
    transform: [10, 0, 499_980, 0, -20, 4_000_060],
    epsg: 32_633,
  });
});

test('a matrix, and coordinates of pixel centres', async () => {
  const matrix: Tag = [34_264, 12, [2, 1, 0, 100, -1, -2, 0, 200, 0, 0, 0, 0, 0, 0, 0, 1]];
  expect(await readGeoReference(tiff([matrix]))).toEqual({ transform: [2, 1, 100, -1, -2, 200], epsg: null });
  const centres = tiff([matrix, keys([1025, 0, 1, 2], [2048, 0, 1, 4326])]);
  expect(await readGeoReference(centres)).toEqual({ transform: [2, 1, 98.5, -1, -2, 201.5], epsg: 4326 });
});

test('an offset beyond every file', async () => {
  const folder = new TestFolder();
  const file = tiff([scale, tiepoint], { big: true });
  new DataView(file.buffer).setBigUint64(8, 2n ** 62n, true);
  expect(await readGeoReference(folder.write('far.tif', file))).toBeNull();
  expect(await readGeoReference(file)).toBeNull();
  folder.remove();
});

test('a value beyond the end of the file does not hide the others', async () => {
  const file = tiff([[34_735, 3, [1, 1, 0, 1, 3072, 0, 1, 4326]], scale, tiepoint]);
  // The offset of the first tag's value.
  new DataView(file.buffer).setUint32(18 + 8, 2 ** 31, true);
  expect(await readGeoReference(file)).toEqual({
    transform: [10, 0, 499_980, 0, -20, 4_000_060],
    epsg: null,
  });
});

test('no georeference', async () => {
  for (const file of [
    tiff([]),
    tiff([scale]),
    tiff([[33_550, 12, [0, 0, 0]], tiepoint]),
    // Not finite, as written by a broken program.
    tiff([scale, [33_922, 12, [0, 0, 0, Number.NaN, 0, 0]]]),
    tiff([[33_550, 12, [Number.POSITIVE_INFINITY, 20, 0]], tiepoint]),
    // Stored rotated.
    tiff([[274, 3, [6]], scale, tiepoint]),
    tiff([scale, tiepoint]).subarray(0, 40),
    new TextEncoder().encode('not a TIFF file, but long enough'),
    new Uint8Array(0),
  ]) {
    expect(await readGeoReference(file)).toBeNull();
  }
  await expect(readGeoReference('/no/such/file.tif')).rejects.toThrow('/no/such/file.tif: cannot be read');
});

test('a reference system that only the file defines has no code', async () => {
  const file = tiff([scale, tiepoint, keys([3072, 0, 1, 32_767])]);
  expect((await readGeoReference(file))?.epsg).toBeNull();
});
