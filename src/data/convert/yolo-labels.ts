import { dirname, extname, join, sep } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { isFile } from '../../core/node/is-file.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { plural } from '../../core/plural.ts';
import type { CocoImage } from '../coco/types.ts';
import { readText } from '../json/file.ts';
import type { ObjectShape } from './dataset-builder.ts';
import { listFiles } from './files.ts';
import { rounded } from './shapes.ts';

/** Rounded labels may leave the range 0…1 by this much. */
const tolerance = 0.01;

/** The last folder `images` becomes `labels`, as in Ultralytics' `img2label_paths`. */
export function labelPath(picture: string): string {
  const parts = picture.split(sep);
  const at = parts.lastIndexOf('images', parts.length - 2);
  if (at >= 0) parts[at] = 'labels';
  return `${withoutExtension(parts.join(sep))}.txt`;
}

interface PictureLabels {
  readonly objects: readonly { readonly category: string; readonly shape: ObjectShape }[];
  /** Number of rows that repeat another. */
  readonly repeated: number;
}

/**
 * The objects of a picture; null if it has no label file.
 * @throws InputError naming the file and the line.
 */
export async function readLabels(
  path: string,
  names: readonly string[],
  image: CocoImage,
): Promise<PictureLabels | null> {
  if (!(await isFile(path))) return null;
  const lines = (await readText(path)).split(/\r?\n/);
  const seen = new Set<string>();
  let repeated = 0;
  const objects = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const numbers = numbersOf(line);
    const row = numbers.join(' ');
    // As Ultralytics does.
    if (seen.has(row)) {
      repeated++;
      return [];
    }
    seen.add(row);
    const source = `${path}: line ${index + 1}`;
    const [classIndex, ...values] = numbers;
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

/**
 * The pictures that a folder lacks although they have labels.
 * @param pictures Paths of those that there are.
 * @returns Their paths with `.*` in place of the extension.
 */
export async function picturesLacking(folder: string, pictures: readonly string[]): Promise<string[]> {
  const labels = dirname(labelPath(join(folder, 'a.png')));
  if (!(await isFolder(labels))) return [];
  const known = new Set(pictures.map(labelPath));
  const lacking: string[] = [];
  for (const file of await listFiles(labels, ['.txt'])) {
    const path = join(labels, file);
    if (!known.has(path) && (await hasLabels(path)))
      lacking.push(join(folder, `${withoutExtension(file)}.*`));
  }
  return lacking;
}

/** Whether a text file has labels: lists of classes or of pictures can lie beside them. */
async function hasLabels(path: string): Promise<boolean> {
  const first = (await readText(path)).split(/\r?\n/).find((line) => line.trim() !== '') ?? '';
  const numbers = numbersOf(first);
  return numbers.length >= 5 && numbers.every(Number.isFinite);
}

function numbersOf(line: string): number[] {
  return line.trim().split(/\s+/).map(Number);
}

function withoutExtension(path: string): string {
  return path.slice(0, path.length - extname(path).length);
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
