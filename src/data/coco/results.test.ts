import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { compressRle } from '../../ops/rle/compressed.ts';
import { readCocoResults } from './results.ts';

const images = [
  { id: 7, width: 3, height: 2 },
  { id: 5, width: 4, height: 4 },
];
let path = '';
beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'coco-results-')), 'results.json');
});
afterAll(() => rm(join(path, '..'), { recursive: true }));

async function read(content: unknown) {
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readCocoResults(path, { images });
}

const all = () => true;
const bare = { image_id: 7, category_id: 3, score: 0.5 };
const rle = encodeBitmap(Uint8Array.of(0, 1, 1, 0, 1, 0), [2, 3]);
const counts = compressRle(rle);

describe('reading results', () => {
  it('gives the records of each picture in the order of the file', async () => {
    const table = await read([
      { ...bare, score: 0.1 },
      { ...bare, image_id: 5, bbox: [1, 2, 3, 4.5] },
      { ...bare, score: 0.12345678901234568, extra: { a: ['}, {'] } },
    ]);
    expect(table.count).toBe(3);
    expect(table.detectionsOf(0, all).map(({ score }) => score)).toEqual([0.1, 0.12345678901234568]);
    expect(table.detectionsOf(1, all)).toMatchObject([{ box: [1, 2, 3, 4.5], categoryId: 3 }]);
  });

  it('reads masks as compressed or plain runs and as polygons', async () => {
    const polygon = [[0, 0, 0, 2, 2, 2, 2, 0]];
    const table = await read([
      { ...bare, segmentation: { size: [2, 3], counts } },
      { ...bare, segmentation: { counts: Array.from(rle.counts), size: [2, 3] } },
      { ...bare, segmentation: polygon },
      { ...bare, segmentation: [] },
    ]);
    const masks = table.detectionsOf(0, all).map(({ mask }) => mask && Array.from(mask.counts));
    expect(masks).toEqual([Array.from(rle.counts), Array.from(rle.counts), [0, 4, 2], undefined]);
    expect(table.detectionsOf(0, () => false).every(({ mask }) => mask === undefined)).toBe(true);
  });

  it('skips a byte order mark, and refuses UTF-16 and segmentations without a ring by their form', async () => {
    const text = JSON.stringify([bare]);
    expect((await read(`\ufeff${text}`)).count).toBe(1);
    await writeFile(path, Buffer.from(`\ufeff${text}`, 'utf16le'));
    await expect(readCocoResults(path, { images })).rejects.toThrow(
      `${path}: is UTF-16 text; save it as UTF-8`,
    );
    const points = [
      [0, 0],
      [2, 0],
      [2, 1],
    ];
    await expect(read([{ ...bare, segmentation: points }])).rejects.toThrow(
      /results\[0\]\.segmentation: expected rings .*, got a list of points \[\[x, y\], …\]$/,
    );
  });

  it('reads backslashes in compressed runs, which JSON escapes', async () => {
    const tall = encodeBitmap(
      Uint8Array.from({ length: 44 }, (_, i) => (i < 44 ? 1 : 0)),
      [44, 1],
    );
    expect(compressRle(tall)).toBe('0\\1');
    await writeFile(path, JSON.stringify([{ ...bare, segmentation: { size: [44, 1], counts: '0\\1' } }]));
    const table = await readCocoResults(path, { images: [{ id: 7, width: 1, height: 44 }] });
    expect(Array.from(table.detectionsOf(0, all)[0].mask!.counts)).toEqual([0, 44]);
  });

  it('reads a file that is longer than the window, records across its borders', async () => {
    const records = Array.from({ length: 60_000 }, (_, i) => ({
      ...bare,
      image_id: i % 2 === 0 ? 7 : 5,
      score: i,
      note: 'x'.repeat(50),
    }));
    const table = await read(records);
    expect(table.count).toBe(records.length);
    expect(table.detectionsOf(1, all).map(({ score }) => score)).toEqual(
      records.filter((_, i) => i % 2 === 1).map(({ score }) => score),
    );
  });

  it('takes an empty array', async () => {
    expect((await read([])).count).toBe(0);
  });
});

describe('results that are refused, each in one line', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'an unknown image',
      [bare, { ...bare, image_id: 9 }],
      /results\[1\]\.image_id: the ground truth has no image 9$/,
    ],
    [
      'a NaN score',
      '[{"image_id": 7, "category_id": 1, "score": NaN}]',
      /results\[0\]\.score: expected a finite number, got NaN$/,
    ],
    [
      'an infinite score',
      '[{"image_id": 7, "score": -Infinity}]',
      /\.score: expected a finite number, got -Infinity$/,
    ],
    ['a score of text', [{ ...bare, score: '0.5' }], /\.score: expected a finite number, got "0.5"$/],
    ['a NaN box', '[{"bbox": [1, NaN, 2, 3]}]', /not valid JSON at byte 14 in results\[0\]: .*NaN/],
    [
      'a mask of another size',
      [{ ...bare, segmentation: { size: [3, 2], counts } }],
      /a mask of height 3, width 2; image 7 has height 2, width 3$/,
    ],
    [
      'runs that do not add up',
      [{ ...bare, segmentation: { size: [2, 3], counts: [1, 2] } }],
      /results\[0\]\.segmentation: the runs hold 3 pixels, expected 6/,
    ],
    ['an RLE without counts', [{ ...bare, segmentation: { size: [2, 3] } }], /got no counts$/],
    [
      'a short box',
      [{ ...bare, bbox: [1, 2, 3] }],
      /\.bbox: expected \[x, y, width, height\], got \[1,2,3\]$/,
    ],
    ['no score', [{ image_id: 7, category_id: 1 }], /results\[0\]: has no score/],
    ['no image', [{ category_id: 1, score: 1 }], /results\[0\]: has no image_id$/],
    ['a record that is no object', [bare, 17], /results\[1\]: expected an object .* got 17$/],
    [
      'truncated JSON',
      JSON.stringify([bare, bare]).slice(0, -20),
      /truncated JSON at byte \d+ in results\[1\]: /,
    ],
    [
      'text behind the end',
      `${JSON.stringify([bare])} x`,
      /not valid JSON at byte 45: expected the end of the file/,
    ],
    ['an empty file', '', /the file is empty/],
    [
      'ground truth',
      { images: [], annotations: [] },
      /this is a COCO data set \(ground truth\), expected COCO results/,
    ],
    ['another object', { results: [] }, /expected COCO results, .* got an object with "results"$/],
    ['a number', '12', /expected COCO results, .* got 12$/],
  ])('%s', async (_name, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
    await expect(read(content)).rejects.toThrow(path);
    await expect(read(content)).rejects.not.toThrow(/\n/);
  });

  it('a missing file', async () => {
    await expect(readCocoResults(`${path}.absent`, { images })).rejects.toThrow(/absent: cannot be read/);
  });

  it('compressed runs that do not fill the picture, when they are read', async () => {
    const table = await read([bare, { ...bare, segmentation: { size: [2, 3], counts: '1' } }]);
    expect(() => table.detectionsOf(0, all)).toThrow(/results\[1\]\.segmentation: the runs hold 1 pixels/);
  });
});
