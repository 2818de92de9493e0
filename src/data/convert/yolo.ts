import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { InputError, messageOf } from '../../core/errors.ts';
import { isFile } from '../../core/node/is-file.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { firstPageSize } from '../../image/decode.ts';
import { isHidden, unreadableExtension } from '../../image/picture-names.ts';
import { locatePicture } from '../coco/locate-picture.ts';
import { preview } from '../coco/problems.ts';
import { parseAs, readText } from '../json/file.ts';
import type { Converted, Converter, ConvertOptions } from './converter.ts';
import { DatasetBuilder } from './dataset-builder.ts';
import { PictureFolder, unreadablePicture } from './files.ts';
import { labelPath, picturesLacking, readLabels } from './yolo-labels.ts';

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
  names: z.union([z.string(), z.array(name), z.record(z.string(), name)], {
    error: 'expected the names of the classes: a list, or a table of numbers and names',
  }),
  nc: z.unknown().optional(),
});
type DataYaml = z.infer<typeof dataSchema>;

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
  uses: ['split'],
  convert,
};

async function convert(input: string, options: ConvertOptions): Promise<Converted> {
  const path = (await isFolder(input)) ? join(input, 'data.yaml') : input;
  const data = await readDataYaml(path);
  const names = await classNames(data, path);
  const base = resolve(options.images ?? dirname(path));
  const builder = new DatasetBuilder(path, 'converted from YOLO');
  const pictures = (await picturesOf(data, path, { ...options, builder })).sort();
  const labelled = new Set<string>();
  for (const [index, picture] of pictures.entries()) {
    const fileName = relative(base, picture).split(sep).join('/');
    const image = builder.addImage(fileName, await firstPageSize(picture));
    const labelFile = labelPath(picture);
    const labels = await readLabels(labelFile, names, image);
    if (labels !== null) labelled.add(dirname(labelFile));
    for (const { category, shape } of labels?.objects ?? []) builder.addObject(image, category, [shape]);
    for (let i = 0; i < (labels?.repeated ?? 0); i++)
      builder.skip('label rows that repeat another row of their file');
    options.onProgress?.(index + 1, pictures.length);
  }
  if (pictures.length > 0) await requireLabels(pictures, labelled, builder);
  return builder.build(names);
}

/**
 * Counts the folders of labels that there are not, whose pictures have no objects then.
 * @param labelled The folders in which labels were found.
 * @throws InputError if there are no labels at all.
 */
async function requireLabels(
  pictures: readonly string[],
  labelled: ReadonlySet<string>,
  builder: DatasetBuilder,
): Promise<void> {
  const [first] = pictures.map(labelPath);
  if (labelled.size === 0) {
    throw new InputError(
      dirname(first),
      `expected the label files of the pictures, such as ${basename(first)}, got none`,
    );
  }
  for (const folder of new Set(pictures.map((picture) => dirname(labelPath(picture))))) {
    if (!labelled.has(folder) && !(await isFolder(folder)))
      builder.skip(`folder of labels that does not exist, so its pictures have no objects (${folder})`);
  }
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

/** Class names in order; a number of classes that differs from theirs is an error. */
async function classNames(data: DataYaml, path: string): Promise<string[]> {
  const names = await namesIn(data, path);
  const { nc } = data;
  if (nc == null || Number(nc) === names.length) return names;
  throw new InputError(path, `nc: expected ${names.length}, the number of names, got ${preview(nc)}`);
}

/** Class names of the list or of a file with one name a line; a missing class is an error. */
async function namesIn({ names }: DataYaml, path: string): Promise<string[]> {
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
  const known: string[] = [];
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
      const expanded = await expand(place, root, builder);
      for (const picture of expanded.pictures) found.add(picture);
      known.push(...expanded.pictures, ...expanded.unreadable);
    }
  }
  // Exports name splits that they do not contain.
  if (absent.length > 0 && found.size === 0) throw new InputError(path, absent[0]);
  for (const problem of absent) builder.skip(`split that ${path} names (${problem})`);
  const lacking = new Map<string, string>();
  for (const place of found.size > 0 ? places : [])
    for (const picture of await picturesLacking(place, known)) lacking.set(picture, place);
  for (const [picture, place] of lacking)
    builder.leaveOut({ name: relative(place, picture), problem: `no such picture in ${place}` });
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

/** Absolute paths of pictures. */
interface Expanded {
  readonly pictures: readonly string[];
  readonly unreadable: readonly string[];
}

/**
 * A folder's pictures; the pictures listed in a .txt, one per line, relative to itself or the root; otherwise a picture.
 * Those that cannot be read are left out.
 */
async function expand(path: string, root: string, builder: DatasetBuilder): Promise<Expanded> {
  if (await isFolder(path)) {
    const { files, unreadable } = await PictureFolder.open(path);
    for (const file of unreadable) builder.leaveOut(unreadablePicture(file));
    const within = (file: string) => join(path, file);
    return { pictures: files.map(within), unreadable: unreadable.map(within) };
  }
  if (extname(path) !== '.txt') return { pictures: [path], unreadable: [] };
  const listed = (await readText(path)).split(/\r?\n/).map((line) => line.trim());
  const pictures = listed.flatMap((line) => {
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
  return { pictures, unreadable: [] };
}
