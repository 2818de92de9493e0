import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { seededRandom } from '../../core/random.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { rleIou } from '../../ops/rle/iou.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import { maskFields } from '../coco/mask-fields.ts';
import type { ScoredAnnotation } from '../coco/results-dataset.ts';
import { maskOf } from '../coco/truth.ts';
import type { CocoAnnotation, CocoDataset } from '../coco/types.ts';
import { converterOf } from '../convert/formats.ts';
import { annotationWriterOf, annotationWriters } from './formats.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const [width, height] = [60, 44];

/** A mask of three discs, where two overlap a hole, inside a frame of its own. */
function randomMask(seed: number): Rle {
  const random = seededRandom(seed);
  const discs = Array.from({ length: 3 }, () => [
    random.uniform() * width,
    random.uniform() * height,
    3 + random.uniform() * 8,
  ]);
  const bitmap = Uint8Array.from(
    { length: width * height },
    (_, at) =>
      discs.filter(([x, y, r]) => Math.hypot((at % width) - x, Math.floor(at / width) - y) < r).length % 2,
  );
  return encodeBitmap(bitmap, [height, width]);
}

const masks = Array.from({ length: 16 }, (_, seed) => randomMask(seed));

/** Each mask in a picture of its own, since label pictures cannot represent overlaps. */
const dataset: CocoDataset = {
  images: masks.map((_, i) => ({
    id: 10 + i,
    file_name: `sub/p${String(i).padStart(2, '0')}.png`,
    width,
    height,
  })),
  categories: [
    { id: 5, name: 'dog' },
    { id: 3, name: 'cat & "co" <x>' },
  ],
  annotations: masks.map((mask, i) => ({
    id: 100 + i,
    image_id: 10 + i,
    category_id: i % 2 === 0 ? 5 : 3,
    iscrowd: 0 as const,
    ...maskFields(mask),
  })),
};

async function writePictures(): Promise<string> {
  for (const { file_name } of dataset.images) {
    if (!existsSync(folder.at(`pictures/${file_name}`)))
      await folder.picture(`pictures/${file_name}`, width, height);
  }
  return folder.at('pictures');
}

/** The masks that our reader finds, in the order of the pictures, and their categories. */
async function readBack(format: string, path: string, images?: string) {
  const { dataset: found } = await converterOf(format).convert(path, images === undefined ? {} : { images });
  expect(found.images).toHaveLength(masks.length);
  const names = new Map(found.categories.map(({ id, name }) => [id, name]));
  return found.images.map((image) => {
    const own = found.annotations.filter(({ image_id }) => image_id === image.id);
    expect(own, image.file_name).toHaveLength(1);
    return { mask: maskOf(own[0], image), category: names.get(own[0].category_id) };
  });
}

const inputs: Record<string, string> = {
  labelme: '.',
  yolo: 'data.yaml',
  cvat: '.',
  via: 'via_project.json',
  voc: '.',
};

describe.each(Object.keys(inputs))('%s', (format) => {
  test('our reader finds the same masks and categories', async () => {
    const images = await writePictures();
    const out = folder.at(`${format}-exact`);
    expect(await annotationWriterOf(format).write(dataset, out, { images })).toEqual({});
    const copies = format === 'yolo' || format === 'voc';
    const found = await readBack(format, `${out}/${inputs[format]}`, copies ? undefined : images);
    found.forEach(({ mask, category }, i) => {
      expect(mask, `${format} ${i}`).toEqual(masks[i]);
      expect(category).toBe(dataset.categories[i % 2].name);
    });
  });

  test('simplified outlines are close', async () => {
    const images = await writePictures();
    const out = folder.at(`${format}-simple`);
    await annotationWriterOf(format).write(dataset, out, { images, tolerance: 0.6 });
    const copies = format === 'yolo' || format === 'voc';
    const found = await readBack(format, `${out}/${inputs[format]}`, copies ? undefined : images);
    found.forEach(({ mask }, i) => {
      expect(rleIou([mask], [masks[i]])[0], `${format} ${i}`).toBeGreaterThan(0.85);
    });
  });
});

describe('what is kept and what is left out', () => {
  const square = [2, 2, 12.5, 2, 12.5, 9, 2, 9];
  const place = { image_id: 1, category_id: 1 };
  const annotation: CocoAnnotation = { ...place, id: 1, segmentation: [square], bbox: [2, 2, 10.5, 7] };
  const boxed: ScoredAnnotation = { ...place, id: 2, bbox: [1, 1, 4, 5], score: 0.25 };
  const small: CocoDataset = {
    images: [{ id: 1, file_name: 'a.jpg', width: 20, height: 10 }],
    categories: [{ id: 1, name: 'dog' }],
    annotations: [
      annotation,
      boxed,
      { ...annotation, id: 3, iscrowd: 1 },
      { ...place, id: 4, segmentation: [] },
    ],
  };
  const leftOut = { crowds: 1, 'annotations without a mask or a box': 1 };

  test('labelme: an annotated ring as it is, a box as a rectangle, scores', async () => {
    expect(await annotationWriterOf('labelme').write(small, folder.at('lm'))).toEqual(leftOut);
    const { shapes, imagePath } = JSON.parse(readFileSync(folder.at('lm/a.json'), 'utf8'));
    expect(imagePath).toBe('a.jpg');
    expect(shapes).toMatchObject([
      {
        shape_type: 'polygon',
        points: [
          [2, 2],
          [12.5, 2],
          [12.5, 9],
          [2, 9],
        ],
      },
      {
        shape_type: 'rectangle',
        points: [
          [1, 1],
          [5, 6],
        ],
        score: 0.25,
      },
    ]);
    const back = await converterOf('labelme').convert(folder.at('lm'), {});
    expect(back.dataset.annotations[0].segmentation).toEqual([square]);
  });

  test('cvat and yolo: boxes stay boxes', async () => {
    expect(await annotationWriterOf('cvat').write(small, folder.at('cv'))).toEqual(leftOut);
    const { dataset: cvat } = await converterOf('cvat').convert(folder.at('cv'), {});
    expect(cvat.annotations[1]).toMatchObject({ bbox: [1, 1, 4, 5] });
    expect(cvat.annotations[1]).not.toHaveProperty('segmentation');
    await folder.picture('yo-in/a.jpg', 20, 10);
    await annotationWriterOf('yolo').write(small, folder.at('yo'), { images: folder.at('yo-in') });
    const { dataset: yolo } = await converterOf('yolo').convert(folder.at('yo'), {});
    expect(yolo.annotations[1]).toMatchObject({ bbox: [1, 1, 4, 5] });
    expect(yolo.annotations[0].segmentation).toEqual([square]);
  });

  test('yolo: refuses pictures that are missing or of another size, before it writes', async () => {
    const write = (images: string) =>
      annotationWriterOf('yolo').write(small, folder.at('none'), { images: folder.at(images) });
    await folder.picture('larger/a.jpg', 40, 20);
    await expect(write('larger')).rejects.toThrow(/a\.jpg: .*40×20/);
    await expect(write('cv')).rejects.toThrow(/is missing 1 of 1 picture: a\.jpg/);
    expect(existsSync(folder.at('none'))).toBe(false);
  });

  test('Label Studio: percentages, types and scores', async () => {
    await annotationWriterOf('label-studio').write(small, folder.at('ls'));
    const [task] = JSON.parse(readFileSync(folder.at('ls/tasks.json'), 'utf8'));
    expect(task.data.image).toBe('/data/local-files/?d=a.jpg');
    const [{ result, score }] = task.predictions;
    expect(score).toBe(0.25);
    expect(result).toMatchObject([
      {
        type: 'polygonlabels',
        from_name: 'polygon',
        to_name: 'image',
        value: {
          points: [
            [10, 20],
            [62.5, 20],
            [62.5, 90],
            [10, 90],
          ],
        },
      },
      {
        type: 'rectanglelabels',
        score: 0.25,
        value: { x: 5, y: 10, width: 20, height: 50, rectanglelabels: ['dog'] },
      },
    ]);
    expect(readFileSync(folder.at('ls/label-config.xml'), 'utf8')).toContain(
      '<BrushLabels name="brush" toName="image">',
    );
  });

  test('voc: overlaps belong to the better score, covered masks are counted', async () => {
    const mask = (x: number) =>
      maskFields(
        encodeBitmap(
          Uint8Array.from({ length: 200 }, (_, at) => (at % 20 >= x && at % 20 < x + 6 ? 1 : 0)),
          [10, 20],
        ),
      );
    const scored = [0.4, 0.9, 0.3].map(
      (score, i) => ({ ...annotation, id: i, ...mask([3, 5, 5][i]), score }) as CocoAnnotation,
    );
    const left = await annotationWriterOf('voc').write({ ...small, annotations: scored }, folder.at('vo'));
    expect(left).toEqual({ 'masks that others cover': 1 });
    const { dataset: found } = await converterOf('voc').convert(folder.at('vo'), {});
    expect(found.annotations.map(({ area }) => area)).toEqual([20, 60]);
  });

  test.each([
    ['labelme', 'a.png', 'a.json'],
    ['yolo', 'a.png', 'labels/train/a.txt'],
    ['voc', 'a.png', 'Annotations/a.xml'],
    ['via', 'a.jpg', 'a.jpg'],
    ['cvat', 'a.jpg', 'a.jpg'],
    ['label-studio', 'a.jpg', 'a.jpg'],
  ])('%s: two pictures do not share a file', async (format, file_name, shared) => {
    const twice = { ...small, images: [...small.images, { ...small.images[0], id: 2, file_name }] };
    const out = folder.at(`twice-${format}`);
    await expect(annotationWriterOf(format).write(twice, out)).rejects.toThrow(
      `${file_name}: its annotations would replace those of a.jpg, since both are written to ${shared}`,
    );
    expect(existsSync(out)).toBe(false);
  });

  test.each(annotationWriters.map(({ format }) => format))(
    '%s: pages of a stack are refused, since the format has none',
    async (format) => {
      const pages = [1, 2].map((page) => ({ ...small.images[0], id: page, file_name: 'a.tif', page }));
      const out = folder.at(`pages-${format}`);
      await expect(annotationWriterOf(format).write({ ...small, images: pages }, out)).rejects.toThrow(
        /^a\.tif page 2: its annotations would replace those of a\.tif page 1, .*; the format has no pages/,
      );
      expect(existsSync(out)).toBe(false);
    },
  );

  test.each([
    ['yolo', 'labels/train', 'a.txt'],
    ['voc', 'Annotations', 'a.xml'],
  ])('%s: a folder whose other files would join the data set is refused', async (format, place, file) => {
    const writer = annotationWriterOf(format);
    const out = folder.at(`again-${format}`);
    await writer.write(small, out);
    await writer.write(small, out);
    const other = { ...small, images: [{ ...small.images[0], file_name: 'b.jpg' }] };
    await expect(writer.write(other, out)).rejects.toThrow(
      `${out}: has 1 file of other pictures in ${place}, such as ${file}, which would stay part of the data set; choose`,
    );
    expect(readdirSync(`${out}/${place}`)).toEqual([file]);
  });

  test('yolo: so is one with other pictures, which would be background', async () => {
    const out = folder.at('other-pictures');
    await folder.picture('own/a.jpg', 20, 10);
    await folder.picture('other-pictures/images/train/b.jpg', 20, 10);
    const writer = annotationWriterOf('yolo');
    await expect(writer.write(small, out, { images: folder.at('own') })).rejects.toThrow(
      `${out}: has 1 file of other pictures in images/train, such as b.jpg`,
    );
    await writer.write(small, out);
  });

  test('labelme: files of other pictures, each on its own, are counted', async () => {
    const out = folder.at('beside');
    folder.write('beside/set.json', small);
    const writer = annotationWriterOf('labelme');
    const notes: string[] = [];
    const onNote = (line: string) => notes.push(line);
    await writer.write(small, out, { onNote });
    await writer.write(small, out, { onNote });
    expect(notes.filter((line) => line.includes('too'))).toEqual([]);
    const other = { ...small, images: [{ ...small.images[0], file_name: 'b.jpg' }] };
    await writer.write(other, out, { onNote });
    expect(notes).toContain(`note: ${out} has 1 labelme file of other pictures too, such as a.json`);
  });

  test('labelme: a picture is found as training finds it', async () => {
    await folder.picture('own/a.jpg', 20, 10);
    const named = { ...small, images: [{ ...small.images[0], file_name: 'own/a.jpg' }] };
    const notes: string[] = [];
    const onNote = (line: string) => notes.push(line);
    await annotationWriterOf('labelme').write(named, folder.at('lm-found'), {
      images: folder.at('own'),
      onNote,
    });
    const { imagePath } = JSON.parse(readFileSync(folder.at('lm-found/own/a.json'), 'utf8'));
    expect([imagePath, notes]).toEqual(['../../own/a.jpg', []]);
  });

  test('masks and boxes without an area are counted', async () => {
    const annotations: CocoAnnotation[] = [
      { ...place, id: 1, segmentation: { size: [10, 20], counts: [200] }, bbox: [0, 0, 0, 0] },
      { ...place, id: 2, bbox: [3, 3, 0, 4] },
    ];
    const left = await annotationWriterOf('yolo').write({ ...small, annotations }, folder.at('flat'));
    expect(left).toEqual({ 'annotations without a mask or a box': 2 });
    expect(readFileSync(folder.at('flat/labels/train/a.txt'), 'utf8')).toBe('');
    expect(readFileSync(folder.at('flat/data.yaml'), 'utf8')).toContain('names:\n  0: dog\n');
  });

  test('what cannot be written is refused', async () => {
    const writer = annotationWriterOf('voc');
    const many = { ...small, annotations: Array.from({ length: 255 }, (_, i) => ({ ...annotation, id: i })) };
    await expect(writer.write(many, folder.at('x'))).rejects.toThrow(
      "a.jpg: has 255 objects, and VOC's PNGs have room for 254",
    );
    const outside = { ...small, images: [{ ...small.images[0], file_name: '../a.jpg' }] };
    await expect(annotationWriterOf('labelme').write(outside, folder.at('x'))).rejects.toThrow(
      '../a.json: expected a file name inside the folder of the pictures',
    );
    const unknown = { ...small, annotations: [{ ...annotation, category_id: 9 }] };
    await expect(writer.write(unknown, folder.at('x'))).rejects.toThrow(
      'annotation 1: there is no category 9',
    );
    expect(() => annotationWriterOf('excel')).toThrow('format: expected one of labelme, yolo');
    await expect(writer.write(small, folder.at('x'), { tolerance: -1 })).rejects.toThrow(
      'write: tolerance must be',
    );
  });
});
