import { existsSync } from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { InputError, messageOf } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { pictureSize } from '../../image/decode.ts';
import { isHidden, unreadableExtension } from '../../image/picture-names.ts';
import { firstPlane } from '../../image/plane-choice.ts';
import { locatePicture } from '../coco/locate-picture.ts';
import type { CocoImage } from '../coco/types.ts';
import { parseAs, readText } from '../json/file.ts';
import type { Converted, Converter, ConvertOptions } from './converter.ts';
import { DatasetBuilder, type ObjectShape } from './dataset-builder.ts';
import { isFile, isFolder, PictureFolder, unreadablePicture } from './files.ts';
import { rounded } from './shapes.ts';

const splitNames = ['train', 'val', 'test'] as const;

const pathSchema = z.union([z.string(), z.array(z.string())]).nullish();

/** As Python's `str` writes it: Ultralytics takes class names of any type. */
const name = z.preprocess((value) => {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? String(value) : value;
}, z.string());

const dataSchema = z.object({
  path: z.string().nullish(),
  train: pathSchema,
  val: pathSchema,
  test: pathSchema,
  names: z.union([z.string(), z.array(name), z.record(z.string(), name)]),
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
  const names = await classNames(data, path);
  const base = resolve(options.images ?? dirname(path));
  const builder = new DatasetBuilder('converted from YOLO');
  const pictures = (await picturesOf(data, path, { ...options, builder })).sort();
  if (pictures.length === 0) {
    builder.build(names);
    throw new InputError(path, 'expected pictures in the folders it names, got none');
  }
  for (const [index, picture] of pictures.entries()) {
    const fileName = relative(base, picture).split(sep).join('/');
    const image = builder.addImage(fileName, await pictureSize(picture, firstPlane));
    const { objects, repeated } = await readLabels(labelPath(picture), names, image);
    for (const { category, shape } of objects) builder.addObject(image, category, [shape]);
    for (let i = 0; i < repeated; i++) builder.skip('label rows that repeat another row of their file');
    options.onProgress?.(index + 1, pictures.length);
  }
  return builder.build(names);
}

async function readDataYaml(path: string): Promise<DataYaml> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new InputError(path, `not valid YAML (${messageOf(error).split('\n')[0]})`, { cause: error });
  }
  return parseAs(dataSchema, value, path);
}

/** Class names in order, of the list or of a file with one name a line; a missing class is an error. */
async function classNames({ names }: DataYaml, path: string): Promise<string[]> {
  if (typeof names === 'string') {
    const lines = (await readText(resolve(dirname(path), names))).split(/\r?\n/).map((line) => line.trim());
    return lines.filter((line) => line !== '');
  }
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
  { split, images, builder }: ConvertOptions & { builder: DatasetBuilder },
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
  const places = new Set<string>();
  const absent: string[] = [];
  for (const name of given) {
    for (const entry of [data[name] ?? []].flat()) {
      const place = await locate(entry, [root, dirname(path)]);
      if (place === undefined) {
        absent.push(
          `${name}: expected a folder or list of pictures ${entry}, got none at ${resolve(root, entry)}`,
        );
        continue;
      }
      // Data sets without a validation set often name the folder of training again.
      if (places.has(place)) continue;
      places.add(place);
      for (const picture of await expand(place, root, builder)) found.add(picture);
    }
  }
  // Exports name splits that they do not contain.
  if (absent.length > 0 && found.size === 0) throw new InputError(path, absent[0]);
  for (const problem of absent) builder.skip(`split that ${path} names (${problem})`);
  return [...found];
}

/**
 * The folder or file that an entry stands for: relative to a root, of another system, or as Roboflow's exports write it,
 * `../train/images` for a folder next to data.yaml.
 */
async function locate(entry: string, roots: readonly string[]): Promise<string | undefined> {
  const paths = [entry, entry.replaceAll('\\', '/')].flatMap((path) => [path, path.replace(/^\.\.\//, '')]);
  const candidates = paths.flatMap((path) => roots.map((root) => resolve(root, path)));
  for (const candidate of candidates)
    if ((await isFolder(candidate)) || (await isFile(candidate))) return candidate;
  return undefined;
}

/**
 * A folder's pictures; the pictures listed in a .txt, one per line, relative to itself or the root; otherwise a picture.
 */
async function expand(path: string, root: string, builder: DatasetBuilder): Promise<string[]> {
  if (await isFolder(path)) {
    const { files, unreadable } = await PictureFolder.open(path);
    for (const file of unreadable) builder.leaveOut(unreadablePicture(file));
    return files.map((file) => join(path, file));
  }
  if (extname(path) !== '.txt') return [path];
  const listed = (await readText(path)).split(/\r?\n/).map((line) => line.trim());
  return listed.flatMap((line) => {
    if (line === '' || isHidden(line)) return [];
    if (unreadableExtension(line) !== undefined) {
      builder.leaveOut(unreadablePicture(line));
      return [];
    }
    for (const folder of [dirname(path), root]) {
      const file = existsSync(resolve(folder, line)) ? line : locatePicture(folder, line);
      if (file !== undefined) return [resolve(folder, file)];
    }
    builder.leaveOut({ name: line, problem: `${path} lists it, but there is no such file` });
    return [];
  });
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
): Promise<{ objects: { category: string; shape: ObjectShape }[]; repeated: number }> {
  if (!(await isFile(path))) return { objects: [], repeated: 0 };
  const lines = (await readText(path)).split(/\r?\n/);
  const seen = new Set<string>();
  let repeated = 0;
  const objects = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = line.trim().split(/\s+/).map(Number).join(' ');
    // As Ultralytics does.
    if (seen.has(row)) {
      repeated++;
      return [];
    }
    seen.add(row);
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
  return { objects, repeated };
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
