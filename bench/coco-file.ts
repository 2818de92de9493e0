import { existsSync, mkdirSync } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeAtomically } from '../src/core/node/atomic-write.ts';
import { type Random, seededRandom } from '../src/core/random.ts';
import { rleArea, rleBox } from '../src/ops/rle/measure.ts';
import { rleFromCounts } from '../src/ops/rle/rle.ts';

/** Increase when the generated text changes. */
const version = 2;

export interface CocoFileSize {
  readonly images: number;
  readonly annotations: number;
}

/** The counts of instances_train2017.json, which has 36 million polygon coordinates in 470 MB. */
export const train2017: CocoFileSize = { images: 118_287, annotations: 860_001 };

/**
 * Writes a seeded data set that resembles instances_train2017.json: the same fields in the same order, two
 * decimals, as many coordinates per object, one crowd RLE in a hundred.
 * @returns The path of the file in `.cache/bench`, which is kept for the next run.
 */
export async function cocoFile(size: CocoFileSize): Promise<string> {
  const folder = resolve(import.meta.dirname, '../.cache/bench');
  const path = join(folder, `instances-${size.images}-${size.annotations}-v${version}.json`);
  if (existsSync(path) && (await stat(path)).size > 0) return path;
  mkdirSync(folder, { recursive: true });
  await writeAtomically(path, (file) => writeDataset(file, size));
  return path;
}

async function writeDataset(file: FileHandle, { images, annotations }: CocoFileSize): Promise<void> {
  const random = seededRandom(2017);
  const sizes = Array.from({ length: images }, () =>
    random.uniform() < 0.7 ? { width: 640, height: 480 } : { width: 427, height: 640 },
  );
  const writer = new Writer(file);
  await writer.add('{"info": {"description": "synthetic", "year": 2017}, "licenses": [], "images": [');
  for (let i = 0; i < images; i++) await writer.add(`${i === 0 ? '' : ', '}${imageText(i, sizes[i])}`);
  await writer.add('], "annotations": [');
  for (let i = 0; i < annotations; i++) {
    const image = random.integer(images);
    await writer.add(
      `${i === 0 ? '' : ', '}${annotationText(random, { id: i + 1, image, ...sizes[image] })}`,
    );
  }
  const categories = Array.from({ length: 80 }, (_, i) => ({
    supercategory: 'thing',
    id: i + 1,
    name: `c${i}`,
  }));
  await writer.add(`], "categories": ${JSON.stringify(categories)}}`);
  await writer.flush();
}

/** Buffers text for large writes. */
class Writer {
  readonly #file: FileHandle;
  #parts: string[] = [];
  #length = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async add(text: string): Promise<void> {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length > 1 << 22) await this.flush();
  }

  async flush(): Promise<void> {
    await this.#file.writeFile(this.#parts.join(''));
    this.#parts = [];
    this.#length = 0;
  }
}

interface Place {
  readonly id: number;
  readonly image: number;
  readonly width: number;
  readonly height: number;
}

function imageText(id: number, { width, height }: { width: number; height: number }): string {
  const name = `${String(id).padStart(12, '0')}.jpg`;
  return (
    `{"license": 4, "file_name": "${name}", "coco_url": "http://images.cocodataset.org/train2017/${name}", ` +
    `"height": ${height}, "width": ${width}, "date_captured": "2013-11-14 11:18:45", ` +
    `"flickr_url": "http://farm5.staticflickr.com/4015/4572615442_b2b1d2${id}_z.jpg", "id": ${id}}`
  );
}

function annotationText(random: Random, place: Place): string {
  const { id, image } = place;
  const object = random.uniform() < 0.012 ? crowd(random, place) : single(star(random, place));
  const box = object.box.map(round).join(', ');
  return (
    `{"segmentation": ${object.segmentation}, "area": ${object.area}, "iscrowd": ${object.isCrowd}, ` +
    `"image_id": ${image}, "bbox": [${box}], "category_id": ${1 + random.integer(80)}, "id": ${id}}`
  );
}

/** The fields of an annotation that are derived from its mask. */
interface MaskFields {
  readonly segmentation: string;
  readonly area: number;
  readonly box: readonly number[];
  readonly isCrowd: 0 | 1;
}

function single(outline: readonly number[]): MaskFields {
  const xs = outline.filter((_, i) => i % 2 === 0);
  const ys = outline.filter((_, i) => i % 2 === 1);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  const shoelace = xs.reduce((sum, x, i) => sum + x * (ys.at(i - 1)! - ys[(i + 1) % ys.length]), 0);
  return {
    segmentation: `[[${outline.join(', ')}]]`,
    area: Math.abs(shoelace / 2),
    box: [left, top, Math.max(...xs) - left, Math.max(...ys) - top],
    isCrowd: 0,
  };
}

function crowd(random: Random, { width, height }: Place): MaskFields {
  const runs = crowdRuns(random, width * height);
  const mask = rleFromCounts(runs, [height, width]);
  return {
    segmentation: `{"counts": [${runs.join(', ')}], "size": [${height}, ${width}]}`,
    area: rleArea(mask),
    box: rleBox(mask),
    isCrowd: 1,
  };
}

/** A star-shaped outline: x0, y0, x1, y1, … with two decimals, inside the image. */
function star(random: Random, { width, height }: Place): number[] {
  const points = Math.max(4, Math.round(17.5 * Math.exp(0.65 * random.normal())));
  const radius = Math.min(0.45, 0.12 * Math.exp(0.7 * random.normal())) * Math.min(width, height);
  const centerX = radius + random.uniform() * (width - 2 * radius);
  const centerY = radius + random.uniform() * (height - 2 * radius);
  const outline: number[] = [];
  for (let i = 0; i < points; i++) {
    const angle = (2 * Math.PI * i) / points;
    const r = radius * (0.7 + 0.3 * random.uniform());
    outline.push(round(centerX + r * Math.cos(angle)), round(centerY + r * Math.sin(angle)));
  }
  return outline;
}

function crowdRuns(random: Random, pixels: number): number[] {
  const runs: number[] = [];
  let rest = pixels;
  while (runs.length < 400 && rest > 800) {
    const run = 1 + random.integer(Math.min(600, rest - 1));
    runs.push(run);
    rest -= run;
  }
  return [...runs, rest];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
