import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithShared, shared } from '../../../test/support/shared.ts';
import { readCocoDataset } from '../coco/coco.ts';
import { formatProblem, severityOf } from '../coco/problems.ts';
import type { CocoAnnotation, CocoDataset, CocoImage } from '../coco/types.ts';
import { checkDataset, summarise } from './check-dataset.ts';

const image: CocoImage = { id: 3, width: 40, height: 30, file_name: 'a.png' };
const category = { id: 90, name: 'toothbrush' };
const square = [10, 5, 20, 5, 20, 15, 10, 15];
const good: CocoAnnotation = {
  id: 7,
  image_id: 3,
  category_id: 90,
  bbox: [10, 5, 10, 10],
  area: 100,
  iscrowd: 0,
  segmentation: [square],
};

function dataset(...annotations: Partial<CocoAnnotation>[]): CocoDataset {
  return {
    images: [image],
    categories: [category],
    annotations: annotations.map((changes, i) => ({ ...good, id: 7 + i, ...changes })),
  };
}

async function linesOf(data: CocoDataset): Promise<string[]> {
  return (await checkDataset(data)).map(formatProblem);
}

/** `good` without a field. */
function without(...fields: (keyof CocoAnnotation)[]): CocoDataset {
  const annotation: Partial<Record<keyof CocoAnnotation, unknown>> = { ...good };
  for (const field of fields) delete annotation[field];
  return { ...dataset(), annotations: [annotation as unknown as CocoAnnotation] };
}

const seen = new Set<string>();

describe('a sound data set has no problems', () => {
  test.each([
    ['rings', {}],
    ['several rings', { segmentation: [square, [1, 1, 4, 1, 4, 4, 1, 4]], bbox: [1, 1, 19, 14], area: 109 }],
    ['a ring that crosses itself', { segmentation: [[10, 5, 20, 15, 20, 5, 10, 15]], area: 50 }],
    ['rings that overlap', { segmentation: [square, square] }],
    ['runs', { segmentation: { size: [30, 40], counts: runsOfSquare() } }],
    ['keypoints', { keypoints: [1, 2, 2, 0, 0, 0], num_keypoints: 1 }],
    [
      'a hand that slips by a pixel',
      { segmentation: [[-1, 5, 20, 5, 20, 15, -1, 15]], bbox: [0, 5, 20, 10], area: 205 },
    ],
  ] as [string, Partial<CocoAnnotation>][])('%s', async (_, changes) => {
    expect(await linesOf(dataset(changes))).toEqual([]);
  });
});

/** Columns 10…19, rows 5…14 of a picture 30 pixels high and 40 wide. */
function runsOfSquare(): number[] {
  const runs = [10 * 30 + 5];
  for (let column = 0; column < 10; column++) runs.push(10, column < 9 ? 20 : 20 * 30 + 15);
  return runs;
}

const at = 'annotation 7, image 3 (a.png)';
const rle = (size: [number, number], counts: string | number[]) => ({ segmentation: { size, counts } });

describe('each problem is one line', () => {
  test.each([
    [
      'unknown-image',
      dataset({ image_id: 4 }),
      'fatal: annotation 7, image 4: image_id: expected the id of an image, got 4',
    ],
    [
      'absent-annotated',
      { ...dataset({}), images: [{ ...image, neg_category_ids: [category.id] }] },
      `fatal: ${at}: category_id: expected a category that the picture may contain, got ${category.id}, which its neg_category_ids list as absent`,
    ],
    [
      'unknown-category',
      dataset({ category_id: 1 }),
      `fatal: ${at}: category_id: expected the id of a category, got 1`,
    ],
    [
      'rle-size',
      dataset(rle([40, 30], [1200])),
      `fatal: ${at}: segmentation: expected size [30, 40] (height and width of the image), got [40, 30]`,
    ],
    [
      'rle-counts',
      dataset(rle([30, 40], [100])),
      `fatal: ${at}: segmentation: the runs hold 100 pixels, expected 1200 (height 30 × width 40)`,
    ],
    [
      'rle-counts',
      dataset(rle([30, 40], [1201, -1])),
      `fatal: ${at}: segmentation: run 1 of the mask has length -1, expected an integer ≥ 0`,
    ],
    [
      'rle-counts',
      dataset(rle([30, 40], 'Z')),
      `fatal: ${at}: segmentation: the compressed runs end inside a number`,
    ],
    [
      'empty-mask',
      dataset(rle([30, 40], [1200])),
      `warning: ${at}: segmentation: expected an area > 0, got no foreground`,
    ],
    [
      'empty-mask',
      dataset({ segmentation: [[1, 1, 2, 2, 3, 3]], bbox: [1, 1, 2, 2], area: 0 }),
      `warning: ${at}: segmentation: expected an area > 0, got an outline that covers no pixels`,
    ],
    [
      'unusable-mask',
      dataset({ segmentation: [[]] }),
      `fatal: ${at}: segmentation: expected rings [[x0, y0, x1, y1, …], …] of 3 points or more, got fewer points`,
    ],
    [
      'unusable-mask',
      dataset({
        segmentation: [
          [1, 1],
          [5, 1],
          [5, 5],
        ],
      }),
      'of 3 points or more, got a list of points [[x, y], …]',
    ],
    [
      'unusable-mask',
      dataset({ segmentation: [[1, 1, 5, 5]] }),
      'got four numbers, as of a box [x, y, width, height]',
    ],
    [
      'bad-ring',
      dataset({ segmentation: [square, [1, 2, 3, 4]] }),
      `warning: ${at}: segmentation[1]: expected x, y of at least 3 points (6, 8, … numbers), got 4 numbers; it is left out`,
    ],
    ['bad-ring', dataset({ segmentation: [square, [1, 2, 3, 4, 5, 6, 7]] }), 'got 7 numbers'],
    [
      'malformed',
      dataset({ segmentation: [[...square, Number.POSITIVE_INFINITY, 3]] }),
      `fatal: ${at}: segmentation: expected finite coordinates`,
    ],
    [
      'no-box-no-mask',
      without('bbox', 'segmentation'),
      `fatal: ${at}: expected a bbox or a segmentation, got neither`,
    ],
    [
      'no-box-no-mask',
      dataset({ segmentation: [], bbox: [1, 1, 0, 5] }),
      `fatal: ${at}: bbox: expected width and height > 0, got [1, 1, 0, 5]`,
    ],
    [
      'no-box-no-mask',
      {
        ...without('segmentation'),
        annotations: [{ ...without('segmentation').annotations[0], bbox: [1, 1, 3, -5] }],
      },
      `fatal: ${at}: bbox: expected width and height > 0, got [1, 1, 3, -5]`,
    ],
    [
      'bad-box',
      dataset({ bbox: [10, 5, 0, 10] }),
      `warning: ${at}: bbox: expected width and height > 0, got [10, 5, 0, 10]`,
    ],
    [
      'outside-image',
      dataset({ segmentation: [[30, 5, 60, 5, 60, 15]], bbox: [30, 5, 30, 10], area: 150 }),
      `warning: ${at}: segmentation: expected inside 40×30, got x 30 to 60, y 5 to 15`,
    ],
    [
      'outside-image',
      dataset({ segmentation: [[50, 5, 60, 5, 60, 15]], bbox: [50, 5, 10, 10], area: 50 }),
      'y 5 to 15, wholly outside',
    ],
    [
      'outside-image',
      {
        ...without('segmentation'),
        annotations: [{ ...without('segmentation').annotations[0], bbox: [-9, 1, 3, 5] }],
      },
      `warning: ${at}: bbox: expected inside 40×30, got x -9 to -6, y 1 to 6, wholly outside`,
    ],
    [
      'box-mask-differ',
      dataset({ bbox: [10, 5, 20, 10] }),
      `warning: ${at}: bbox: expected about [10, 5, 10, 10] around the mask, got [10, 5, 20, 10]`,
    ],
    [
      'area-mask-differ',
      dataset({ area: 200 }),
      `warning: ${at}: area: expected about 100, the pixels of the mask, got 200`,
    ],
    [
      'area-mask-differ',
      dataset({ ...rle([30, 40], runsOfSquare()), area: 50 }),
      'expected about 100, the pixels of the mask, got 50',
    ],
    [
      'keypoints',
      dataset({ keypoints: [1, 2] }),
      `fatal: ${at}: keypoints: expected x, y and visibility of 1 keypoint (3 numbers), got 2 numbers`,
    ],
    [
      'keypoints',
      dataset({ keypoints: [1, 2, 3] }),
      `fatal: ${at}: keypoints: expected visibility 0, 1 or 2 of keypoint 0, got 3`,
    ],
    [
      'keypoints',
      { ...dataset({ keypoints: [1, 2, 2] }), categories: [{ ...category, keypoints: ['a', 'b'] }] },
      'of 2 keypoints (6 numbers), got 3 numbers',
    ],
    [
      'keypoint-count',
      dataset({ keypoints: [1, 2, 2], num_keypoints: 2 }),
      `warning: ${at}: num_keypoints: expected 1, the keypoints with visibility > 0, got 2`,
    ],
    [
      'all-crowd',
      dataset({ iscrowd: 1 }, { iscrowd: 1 }),
      'fatal: iscrowd: expected single objects (0) too, got 1 in all 2 annotations',
    ],
    ['no-images', { ...dataset({}), images: [] }, 'fatal: images: expected at least one, got none'],
    [
      'no-categories',
      { ...dataset({}), categories: [] },
      'fatal: categories: expected at least one, got none',
    ],
    ['no-annotations', dataset(), 'warning: annotations: expected at least one, got none'],
    ['no-area', without('area'), 'warning: area: expected in every annotation, got none in 1 of 1'],
    ['no-mask', without('segmentation'), 'warning: segmentation: expected masks, got none in any annotation'],
    [
      'no-mask',
      { ...dataset({ id: 1 }), annotations: [{ ...good, id: 1 }, ...without('segmentation').annotations] },
      `warning: ${at}: segmentation: expected a mask, as other annotations have, got none`,
    ],
    [
      'repeated-id',
      dataset({ id: 1 }, { id: 1 }),
      'warning: annotations[1], annotation 1: id: expected a unique id, got 1, which annotations[0] already has',
    ],
    [
      'repeated-id',
      { ...dataset({}), categories: [category, { ...category }] },
      'warning: categories[1], category 90: id: expected a unique id',
    ],
    [
      'duplicate-id',
      { ...dataset({}), images: [image, { ...image, file_name: 'b.png' }] },
      'fatal: images[1], image 3: id: expected a unique id',
    ],
    [
      'duplicate-id',
      { ...dataset({}), categories: [category, { ...category, name: 'b' }] },
      'fatal: categories[1], category 90: id: expected a unique id',
    ],
    [
      'duplicate-name',
      { ...dataset({}), images: [image, { ...image, id: 4 }] },
      'warning: image 4 (a.png): file_name: expected a unique file, got that of image 3',
    ],
    [
      'duplicate-name',
      {
        ...dataset({}),
        images: [
          { ...image, file_name: 'sub/a.png' },
          { ...image, id: 4, file_name: 'sub\\a.png' },
        ],
      },
      'warning: image 4 (sub\\a.png): file_name: expected a unique file, got that of image 3',
    ],
    [
      'duplicate-name',
      { ...dataset({}, { category_id: 1 }), categories: [category, { ...category, id: 1 }] },
      'warning: category 1: name: expected a unique name, got "toothbrush", that of category 90',
    ],
    [
      'empty-name',
      { ...dataset({}), categories: [{ ...category, name: ' ' }] },
      'warning: category 90: name: expected the name of a class, got " "',
    ],
    [
      'unused-category',
      { ...dataset({}), categories: [category, { id: 5, name: 'b' }] },
      'warning: category 5: expected annotations of "b", got none',
    ],
  ] as [keyof typeof severityOf, CocoDataset, string][])('%s', async (code, data, line) => {
    seen.add(code);
    const ofCode = (await linesOf(data)).filter((text) => text.endsWith(`[${code}]`));
    expect(ofCode).toHaveLength(1);
    expect(ofCode[0]).toContain(line);
    expect(ofCode[0]).not.toContain('\n');
  });
});

describe('picture files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pictures-'));
    const blank = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#fff' } });
    await blank(40, 30).png().toFile(join(folder, 'a.png'));
    await blank(80, 60).png().toFile(join(folder, 'large.png'));
    await blank(40, 30).jpeg().withMetadata({ orientation: 6 }).toFile(join(folder, 'turned.jpg'));
    await blank(30, 40).jpeg().withMetadata({ orientation: 6 }).toFile(join(folder, 'upright.jpg'));
    await blank(30, 40).png().toFile(join(folder, 'swapped.png'));
    writeFileSync(join(folder, 'text.png'), 'hello');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function check(file_name: string | undefined) {
    const { file_name: _, ...unnamed } = image;
    const images = [file_name === undefined ? unnamed : { ...image, file_name }];
    const found = await checkDataset({ ...dataset({}), images }, { imagesDir: folder });
    for (const { code } of found) seen.add(code);
    return found.map(formatProblem);
  }

  test('of the right size have no problems, also if EXIF rotates them to it', async () => {
    expect(await check('a.png')).toEqual([]);
    expect(await check('upright.jpg')).toEqual([]);
  });

  test.each([
    [
      'missing.png',
      /^fatal: image 3 \(missing\.png\): expected a picture at .*missing\.png, got no such file \[picture-missing\]$/,
    ],
    [
      'large.png',
      /^fatal: image 3 \(large\.png\): expected 40×30 pixels, got a picture of 80×60 \[picture-size\]$/,
    ],
    [
      'swapped.png',
      /^fatal: image 3 \(swapped\.png\): expected 40×30 pixels, got a picture of 30×40 \[picture-size\]$/,
    ],
    [
      'turned.jpg',
      /^fatal: image 3 \(turned\.jpg\): expected 40×30 pixels, got a picture of 30×40, with its EXIF .* \[picture-rotated\]$/,
    ],
    ['text.png', /^fatal: image 3 \(text\.png\): .*text\.png: is not a picture .* \[picture-unreadable\]$/],
    [undefined, /^fatal: image 3: file_name: expected the name of a picture, got nothing \[missing-field\]$/],
  ])('%s', async (name, line) => {
    const lines = await check(name);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
  });
});

test('every code has a case above', () => {
  expect([...seen].sort()).toEqual(Object.keys(severityOf).sort());
});

test('the summary counts', async () => {
  const data = {
    ...dataset({ area: 1 }, { area: 1, iscrowd: 1 }, { image_id: 9 }),
    images: [image, { ...image, id: 4 }],
  };
  expect(summarise(data, await checkDataset(data))).toEqual({
    images: 2,
    annotations: 3,
    categories: 1,
    crowds: 1,
    imagesWithoutAnnotations: 1,
    partialImages: 0,
    fatal: 1,
    warnings: 3,
    byCode: { 'area-mask-differ': 2, 'duplicate-name': 1, 'unknown-image': 1 },
  });
});

describeWithShared('real data sets', () => {
  test.each([
    ['nuclei/train.json', 'nuclei/images', 598, 25_943, {}],
    ['nuclei/val.json', 'nuclei/images', 66, 3043, {}],
    ['coco-subset/instances.json', 'coco-subset/images', 21, 102, { 'unused-category': 46 }],
    // COCO's areas of crowds differ by up to a tenth from the pixels of their runs.
    [
      'coco-eval/instances_val2014_100.json',
      undefined,
      100,
      839,
      { 'unused-category': 10, 'area-mask-differ': 5 },
    ],
  ])('%s', async (file, imagesDir, images, annotations, byCode) => {
    const data = await readCocoDataset(shared(`data/${file}`));
    const options = imagesDir === undefined ? {} : { imagesDir: shared(`data/${imagesDir}`) };
    const summary = summarise(data, await checkDataset(data, options));
    expect(summary).toMatchObject({ images, annotations, byCode, fatal: 0 });
  });
});
