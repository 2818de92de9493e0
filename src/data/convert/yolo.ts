import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { InputError, messageOf } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { pictureSize } from '../../image/decode.ts';
import type { CocoImage } from '../coco/types.ts';
import { parseAs, readInput } from '../json/file.ts';
import type { Converted, Converter, ConvertOptions } from './converter.ts';
import { DatasetBuilder, type ObjectShape } from './dataset-builder.ts';
import { isFile, isFolder, PictureFolder } from './files.ts';
import { rounded } from './shapes.ts';

const splitNames = ['train', 'val', 'test'] as const;

const pathSchema = z.union([z.string(), z.array(z.string())]).nullish();

const dataSchema = z.object({
  path: z.string().nullish(),
  train: pathSchema,
  val: pathSchema,
  test: pathSchema,
  names: z.union([z.array(z.string()), z.record(z.string(), z.string())]),
});
type DataYaml = z.infer<typeof dataSchema>;

/** Rounded labels may leave the range 0…1 by this much. */
const tolerance = 0.01;

/**
 * YOLO segmentation labels (https://docs.ultralytics.com/datasets/segment/): data.yaml lists the classes and
 * the picture folders; the labels of `…/images/a/b.jpg` are in `…/labels/a/b.txt`, one object per line:
 * `class x0 y0 x1 y1 …` in fractions of the picture's width and height. Lines with 4 coordinates are boxes
 * `class x y width height` (x, y the centre) and remain boxes without a mask. A picture without labels is
 * background.
 */
export const yolo: Converter = {
  format: 'yolo',
  summary: 'YOLO segmentation: data.yaml, images/ and labels/',
  input: 'data.yaml, or its folder',
  picturesIn: 'the folder that contains data.yaml',
  convert,
};

async function convert(input: string, options: ConvertOptions): Promise<Converted> {
  const path = (await isFolder(input)) ? join(input, 'data.yaml') : input;
  const data = await readDataYaml(path);
  const names = classNames(data, path);
  const base = resolve(options.images ?? dirname(path));
  const pictures = (await picturesOf(data, path, options)).sort();
  if (pictures.length === 0)
    throw new InputError(path, 'expected pictures in the folders it names, got none');
  const builder = new DatasetBuilder('converted from YOLO');
  for (const [index, picture] of pictures.entries()) {
    const fileName = relative(base, picture).split(sep).join('/');
    const image = builder.addImage(fileName, await pictureSize(picture));
    for (const { category, shape } of await readLabels(labelPath(picture), names, image)) {
      builder.addObject(image, category, [shape]);
    }
    options.onProgress?.(index + 1, pictures.length);
  }
  return builder.build(names);
}

async function readDataYaml(path: string): Promise<DataYaml> {
  const text = (await readInput(path)).toString('utf8');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new InputError(path, `not valid YAML (${messageOf(error).split('\n')[0]})`, { cause: error });
  }
  return parseAs(dataSchema, value, path);
}

/** Class names in order; a missing class is an error. */
function classNames({ names }: DataYaml, path: string): string[] {
  if (Array.isArray(names)) return names;
  return Object.keys(names).map((_, index) => {
    const name = names[String(index)];
    if (name === undefined)
      throw new InputError(path, `names: expected classes 0, 1, …, got none for ${index}`);
    return name;
  });
}

/** Absolute paths of the pictures of the chosen splits, without duplicates. */
async function picturesOf(
  data: DataYaml,
  path: string,
  { split, images }: ConvertOptions,
): Promise<string[]> {
  const given = splitNames.filter((name) => data[name] != null && (split === undefined || name === split));
  if (given.length === 0) {
    throw new InputError(
      path,
      `expected folders of pictures under ${split ?? splitNames.join(', ')}, got none`,
    );
  }
  const root = resolve(images ?? resolve(dirname(path), data.path ?? '.'));
  const found = new Set<string>();
  for (const name of given) {
    for (const entry of [data[name] ?? []].flat()) {
      for (const picture of await expand(await locate(entry, root, path))) found.add(picture);
    }
  }
  return [...found];
}

/** Roboflow exports write `../train/images` for a folder next to data.yaml. */
async function locate(entry: string, root: string, path: string): Promise<string> {
  const candidates = [
    resolve(root, entry),
    resolve(root, entry.replace(/^\.\.\//, '')),
    resolve(dirname(path), entry),
  ];
  for (const candidate of candidates)
    if ((await isFolder(candidate)) || (await isFile(candidate))) return candidate;
  throw new InputError(path, `expected a folder or list of pictures ${entry}, got none at ${candidates[0]}`);
}

/**
 * A folder's pictures; the pictures listed in a .txt, one per line, relative to itself; otherwise a picture.
 */
async function expand(path: string): Promise<string[]> {
  if (await isFolder(path)) {
    const { files } = await PictureFolder.open(path);
    return files.map((file) => join(path, file));
  }
  if (extname(path) !== '.txt') return [path];
  const lines = (await readInput(path)).toString('utf8').split(/\r?\n/);
  return lines.filter((line) => line.trim() !== '').map((line) => resolve(dirname(path), line.trim()));
}

/** The last folder `images` becomes `labels`, as in Ultralytics' `img2label_paths`. */
function labelPath(picture: string): string {
  const parts = picture.split(sep);
  const at = parts.lastIndexOf('images', parts.length - 2);
  if (at >= 0) parts[at] = 'labels';
  const path = parts.join(sep);
  return `${path.slice(0, path.length - extname(path).length)}.txt`;
}

async function readLabels(
  path: string,
  names: readonly string[],
  image: CocoImage,
): Promise<{ category: string; shape: ObjectShape }[]> {
  if (!(await isFile(path))) return [];
  const lines = (await readInput(path)).toString('utf8').split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const source = `${path}: line ${index + 1}`;
    const [classIndex, ...values] = line.trim().split(/\s+/).map(Number);
    const category = names[classIndex];
    if (category === undefined) {
      throw new InputError(
        source,
        `expected a class from 0 to ${names.length - 1}, got ${line.trim().split(/\s+/)[0]}`,
      );
    }
    return [{ category, shape: shapeOf(values, image, source) }];
  });
}

function shapeOf(values: readonly number[], { width, height }: CocoImage, source: string): ObjectShape {
  const isBox = values.length === 4;
  if (!isBox && (values.length < 6 || values.length % 2 !== 0)) {
    throw new InputError(
      source,
      `expected x and y of 3 points or more, or a box of 4 numbers, got ${plural(values.length, 'number')}`,
    );
  }
  const wrong = values.find((value) => !(value >= -tolerance && value <= 1 + tolerance));
  if (wrong !== undefined) {
    throw new InputError(
      source,
      `expected coordinates from 0 to 1, as fractions of the picture, got ${wrong}`,
    );
  }
  if (!isBox) {
    return { rings: [values.map((value, i) => rounded(clipped(value) * (i % 2 === 0 ? width : height)))] };
  }
  const [x, y, boxWidth, boxHeight] = values;
  const [left, right] = [clipped(x - boxWidth / 2) * width, clipped(x + boxWidth / 2) * width];
  const [top, bottom] = [clipped(y - boxHeight / 2) * height, clipped(y + boxHeight / 2) * height];
  return { box: [rounded(left), rounded(top), rounded(right - left), rounded(bottom - top)] };
}

function clipped(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
