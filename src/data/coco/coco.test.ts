import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../core/errors.ts';
import { seededRandom } from '../../core/random.ts';
import { type ReadOptions, readCocoDataset } from './coco.ts';
import { formatProblem } from './problems.ts';
import type { CocoDataset } from './types.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coco-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const image = { id: 3, width: 40, height: 30, file_name: 'a.jpg', license: 4 };
const category = { id: 90, name: 'toothbrush', supercategory: 'indoor' };
const annotation = { id: 7, image_id: 3, category_id: 90, bbox: [1, 2, 3, 4], area: 6, iscrowd: 0 };

function read(content: unknown, options?: ReadOptions) {
  const path = join(folder, 'data.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readCocoDataset(path, options);
}

function dataset(...annotations: unknown[]) {
  return { images: [image], annotations, categories: [category] };
}

/** The result of `JSON.parse`, with typed arrays as plain arrays. */
function plain(data: CocoDataset) {
  const { images, annotations, categories } = data;
  return JSON.parse(
    JSON.stringify({ images, annotations, categories }, (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
    ),
  );
}

describe('well-formed files', () => {
  test('all forms of annotations are read unchanged', async () => {
    const content = dataset(
      {
        ...annotation,
        segmentation: [
          [1.25, 2, 3, 4, 5, 6.5],
          [7, 8, 9, 10, 11, 12, 13, 14],
        ],
      },
      { ...annotation, id: 8, iscrowd: 1, segmentation: { counts: [600, 10, 590], size: [30, 40] } },
      { ...annotation, id: 9, segmentation: { size: [30, 40], counts: 'PP1`0\\n0' } },
      { ...annotation, id: 900_100_184_613, keypoints: [1, 2, 2, 0, 0, 0], num_keypoints: 1 },
      { id: 10, image_id: 3, category_id: 90 },
      { ...annotation, id: 11, score: 0.123456789 },
    );
    expect(plain(await read(content))).toEqual(content);
  });

  test('nothing depends on where a window ends, nor on white space', async () => {
    const random = seededRandom(5);
    const annotations = Array.from({ length: 40 }, (_, i) => ({
      ...annotation,
      id: i,
      area: random.uniform() * 1000,
      segmentation: [Array.from({ length: 6 + 2 * random.integer(40) }, () => random.uniform() * 40)],
    }));
    const content = { info: { note: 'é漢' }, other: [[1], { a: [] }], ...dataset(...annotations) };
    for (const indent of [0, 2]) {
      const text = `\ufeff${JSON.stringify(content, undefined, indent)}\n `;
      for (const windowBytes of [1, 7, 64, 1000, 1 << 20]) {
        const data = await read(text, { windowBytes });
        expect(plain(data)).toEqual(dataset(...annotations));
        expect(data.info).toEqual({ note: 'é漢' });
      }
    }
  });

  test('null, [] and unknown fields count as absent; boolean iscrowd as 0 or 1', async () => {
    const data = await read(
      dataset({
        ...annotation,
        bbox: [],
        segmentation: null,
        area: null,
        iscrowd: true,
        attributes: { a: [1] },
        score: '0.5',
      }),
    );
    expect(data.annotations).toEqual([{ id: 7, image_id: 3, category_id: 90, iscrowd: 1 }]);
  });

  test('look-ups: non-contiguous ids, images without annotations', async () => {
    const empty = { ...image, id: 12 };
    const data = await read({ ...dataset(annotation, { ...annotation, id: 9 }), images: [image, empty] });
    expect(data.image(12)).toEqual(empty);
    expect(data.category(90)).toEqual(category);
    expect(data.category(1)).toBeUndefined();
    expect(data.annotationsOf(3).map(({ id }) => id)).toEqual([7, 9]);
    expect(data.annotationsOf(12)).toEqual([]);
  });

  test('annotations may be absent, as in the files of the test sets', async () => {
    const data = await read({ images: [image], categories: [category] });
    expect(data.annotations).toEqual([]);
  });

  test('progress ends at the size of the file', async () => {
    const seen: number[][] = [];
    await read(dataset(annotation), {
      windowBytes: 50,
      onProgress: (done, total) => seen.push([done, total]),
    });
    const size = readFileSync(join(folder, 'data.json')).length;
    expect(seen.at(-1)).toEqual([size, size]);
    expect(seen.length).toBeGreaterThan(4);
  });
});

describe('files that are no data set', () => {
  const text = JSON.stringify(dataset(annotation));

  test.each([
    ['truncated', text.slice(0, 150), /truncated JSON at byte 150 in annotations\[0\]: the file ends where/],
    ['truncated after an array', text.slice(0, -40), /truncated JSON at byte \d+ in categories\[0\]/],
    ['deep nesting', `{"info": ${'['.repeat(8000)}${']'.repeat(8000)}}`, /nested more than 200 deep/],
    ['text behind the end', `${text}x`, /not valid JSON at byte \d+: expected the end of the file/],
    ['empty', '', /the file is empty, expected JSON/],
    ['no JSON', 'hello', /not valid JSON at byte 0: expected "{", got "hello"/],
    ['a results file', '[{"image_id": 1, "category_id": 1, "score": 0.5}]', /this is a results file/],
    ['an array', '[1, 2]', /expected a COCO data set, got an array of 1/],
    ['an empty array', '[]', /expected a COCO data set, got an array of nothing/],
    ['another object', '{"shapes": []}', /expected a COCO data set with "images".*got "shapes"/],
    ['no keys', '{}', /got no keys/],
    ['images an object', '{"images": {}}', /"images": expected an array, got {}/],
  ])('%s', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
    await expect(read(content)).rejects.toThrow(InputError);
    await expect(read(content)).rejects.toThrow(join(folder, 'data.json'));
  });

  test('the byte is that of the offending token', async () => {
    const comma = text.replace('"area":6', '"area":,');
    await expect(read(comma)).rejects.toThrow(
      `not valid JSON at byte ${comma.indexOf(':,') + 1} in annotations[0]: expected a value, got ","`,
    );
    const nan = text.replace('[1,2', '[NaN,2').replace('a.jpg', 'é.jpg');
    await expect(read(nan)).rejects.toThrow(
      `not valid JSON at byte ${Buffer.from(nan).indexOf('NaN')} in annotations[0]: expected a value, got NaN, which`,
    );
  });

  test('a missing file and a folder', async () => {
    await expect(readCocoDataset(join(folder, 'none.json'))).rejects.toThrow(
      /none\.json: cannot be read \(ENOENT/,
    );
    await expect(readCocoDataset(folder)).rejects.toThrow(/cannot be read \(EISDIR/);
  });
});

describe('malformed records', () => {
  test.each([
    [
      { annotations: [{ ...annotation, id: '7' }] },
      'fatal: annotations[0], image 3: id: expected an integer, got "7" [malformed]',
    ],
    [
      { annotations: [{ ...annotation, id: 1.5 }] },
      'fatal: annotations[0], image 3: id: expected an integer, got 1.5 [malformed]',
    ],
    [
      { annotations: [{ id: 1, image_id: 3 }] },
      'fatal: annotation 1, image 3: category_id: expected an integer, got nothing [missing-field]',
    ],
    [
      { annotations: [[1]] },
      'fatal: annotations[0]: the record: expected an object {…}, got [1] [malformed]',
    ],
    [
      { annotations: [{ ...annotation, bbox: [1, 2, 3] }] },
      'fatal: annotation 7, image 3: bbox: expected [x, y, width, height], got [1,2,3] [malformed]',
    ],
    [
      { annotations: [{ ...annotation, bbox: [1, 2, 3, null] }] },
      'fatal: annotation 7, image 3: bbox: expected [x, y, width, height], got [1,2,3,null] [malformed]',
    ],
    [
      { annotations: [{ ...annotation, iscrowd: 2 }] },
      'fatal: annotation 7, image 3: iscrowd: expected 0 or 1, got 2 [malformed]',
    ],
    [
      { annotations: [{ ...annotation, area: 'big' }] },
      'fatal: annotation 7, image 3: area: expected a number, got "big" [malformed]',
    ],
    [
      { annotations: [{ ...annotation, segmentation: [1, 2, 3] }] },
      'fatal: annotation 7, image 3: segmentation: expected rings [[x0, y0, x1, y1, …], …] or an RLE {"size": [height, width], "counts": …}, got [1,2,3] [malformed]',
    ],
    [
      { annotations: [{ ...annotation, segmentation: { size: [1], counts: 'a' } }] },
      'got {"size":[1],"counts":"a"} [malformed]',
    ],
    [{ annotations: [{ ...annotation, segmentation: {} }] }, 'got {} [malformed]'],
    [
      { annotations: [{ ...annotation, keypoints: 3 }] },
      'fatal: annotation 7, image 3: keypoints: expected [x, y, visibility, …], got 3 [malformed]',
    ],
    [
      { images: [{ ...image, width: 0 }] },
      'fatal: image 3 (a.jpg): width: expected a number of pixels > 0, got 0 [malformed]',
    ],
    [
      { images: [{ id: 3, width: 1 }] },
      'fatal: image 3: height: expected a number of pixels > 0, got nothing [missing-field]',
    ],
    [
      { images: [{ ...image, file_name: 5 }] },
      'fatal: image 3: file_name: expected a string, got 5 [malformed]',
    ],
    [{ images: [null] }, 'fatal: images[0]: expected an object {…}, got null [malformed]'],
    [
      { categories: [{ id: 90 }] },
      'fatal: category 90: name: expected a string, got nothing [missing-field]',
    ],
    [
      { categories: [{ name: 'a' }] },
      'fatal: categories[0]: id: expected an integer, got nothing [missing-field]',
    ],
  ])('%j', async (part, line) => {
    const lines: string[] = [];
    const content = { ...dataset(annotation), ...part };
    await read(content, { onMalformed: (found) => lines.push(formatProblem(found)) });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(line);
    await expect(read(content)).rejects.toThrow(line);
  });
});
