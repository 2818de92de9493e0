import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Random, seededRandom } from '../src/core/random.ts';
import { compressRle } from '../src/ops/rle/compressed.ts';
import { rleBox } from '../src/ops/rle/measure.ts';
import { rleFromPolygons } from '../src/ops/rle/polygon.ts';

/**
 * A seeded data set of the size of COCO's val2017 and the results of an imaginary detector: boxes, scores and
 * masks with the precision that detectors write.
 */
const pictures = 5000;
const objects = 36_000;
const classes = 80;
const detectionsPerPicture = 40;
/** Increase when the content changes, so that cached files are not reused. */
const version = 1;

const sizes: readonly (readonly [height: number, width: number])[] = [
  [480, 640],
  [427, 640],
  [640, 480],
  [640, 427],
  [426, 640],
  [500, 375],
];

interface Shape {
  readonly category: number;
  readonly centre: readonly [x: number, y: number];
  readonly radius: readonly [x: number, y: number];
  /** Amplitude and phase of the outline's waves, from two per turn upwards. */
  readonly waves: readonly (readonly [amplitude: number, phase: number])[];
}

export interface EvalFiles {
  readonly groundTruth: string;
  readonly results: string;
}

/** Writes the two files into `folder` unless they exist. */
export async function evalFiles(folder: string): Promise<EvalFiles> {
  const groundTruth = join(folder, `coco-like-gt-v${version}.json`);
  const results = join(folder, `coco-like-dt-v${version}.json`);
  if (existsSync(groundTruth) && existsSync(results)) return { groundTruth, results };
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(2017);
  const truths = placeTruths(random);
  await writeLines(groundTruth, groundTruthLines(truths, random));
  await writeLines(results, resultLines(truths, random));
  return { groundTruth, results };
}

/** The objects of each picture; some pictures have none, as in COCO. */
function placeTruths(random: Random): Shape[][] {
  const truths: Shape[][] = Array.from({ length: pictures }, () => []);
  for (let object = 0; object < objects; object++) {
    const picture = random.integer(pictures);
    if (picture % 100 === 0) object--;
    else truths[picture].push(randomShape(random, sizes[picture % sizes.length]));
  }
  return truths;
}

function randomShape(random: Random, [height, width]: readonly [number, number]): Shape {
  const radius = Math.min(25 * Math.exp(1.1 * random.normal()), 0.45 * Math.min(height, width));
  const stretch = Math.exp(0.35 * random.normal());
  return {
    // Few classes are frequent, most are rare.
    category: Math.min(classes - 1, Math.floor(classes * random.uniform() ** 2)),
    centre: [random.uniform() * width, random.uniform() * height],
    radius: [Math.max(2, radius * stretch), Math.max(2, radius / stretch)],
    waves: Array.from({ length: 6 }, (_, i) => [
      (0.25 * random.normal()) / (i + 1.5),
      2 * Math.PI * random.uniform(),
    ]),
  };
}

/** The same object as detected: with a small or large error. */
function detected(shape: Shape, error: number, random: Random): Shape {
  const off = () => error * random.normal();
  return {
    category: shape.category,
    centre: [shape.centre[0] + off() * shape.radius[0], shape.centre[1] + off() * shape.radius[1]],
    radius: [shape.radius[0] * Math.exp(off()), shape.radius[1] * Math.exp(off())],
    waves: shape.waves.map(([amplitude, phase]) => [amplitude + 0.3 * off(), phase + off()]),
  };
}

function outline(shape: Shape, points: number): number[] {
  const ring: number[] = [];
  for (let point = 0; point < points; point++) {
    const angle = (2 * Math.PI * point) / points;
    let scale = 1;
    shape.waves.forEach(([amplitude, phase], i) => {
      scale += amplitude * Math.cos((i + 2) * angle + phase);
    });
    scale = Math.max(scale, 0.1);
    ring.push(shape.centre[0] + shape.radius[0] * scale * Math.cos(angle));
    ring.push(shape.centre[1] + shape.radius[1] * scale * Math.sin(angle));
  }
  return ring;
}

function* groundTruthLines(truths: readonly Shape[][], random: Random): Generator<string> {
  const images = truths.map((_, picture) => {
    const [height, width] = sizes[picture % sizes.length];
    return { id: imageId(picture), file_name: `${imageId(picture)}.jpg`.padStart(16, '0'), height, width };
  });
  const categories = Array.from({ length: classes }, (_, i) => ({
    supercategory: 'thing',
    id: categoryId(i),
    name: `class ${i}`,
  }));
  yield `{"images": ${JSON.stringify(images)}, "categories": ${JSON.stringify(categories)}, "annotations": [`;
  let id = 0;
  for (const [picture, shapes] of truths.entries()) {
    const size = sizes[picture % sizes.length];
    for (const shape of shapes) {
      const annotation = groundTruthOf(shape, size, random);
      const head = `"id": ${++id}, "image_id": ${imageId(picture)}, "category_id": ${categoryId(shape.category)}`;
      yield `${id === 1 ? '' : ', '}{${annotation}, ${head}}`;
    }
  }
  yield ']}';
}

/** A polygon with two decimals, or occasionally a crowd with uncompressed runs. */
function groundTruthOf(shape: Shape, size: readonly [number, number], random: Random): string {
  const [height, width] = size;
  const points = Math.round(8 + 2.5 * Math.sqrt(shape.radius[0] + shape.radius[1]) * (1 + random.uniform()));
  const ring = outline(shape, points).map(
    (value, i) => Math.round(100 * Math.min(Math.max(value, 0), i % 2 === 0 ? width : height)) / 100,
  );
  const rle = rleFromPolygons([ring], size);
  const xs = ring.filter((_, i) => i % 2 === 0);
  const ys = ring.filter((_, i) => i % 2 === 1);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  const box = [left, top, Math.max(...xs) - left, Math.max(...ys) - top].map(
    (v) => Math.round(100 * v) / 100,
  );
  const area = polygonArea(ring);
  const isCrowd = random.uniform() < 0.012;
  const segmentation = isCrowd
    ? `{"counts": ${JSON.stringify(Array.from(rle.counts))}, "size": [${size}]}`
    : JSON.stringify([ring]);
  return `"segmentation": ${segmentation}, "area": ${area}, "iscrowd": ${isCrowd ? 1 : 0}, "bbox": ${JSON.stringify(box)}`;
}

function polygonArea(ring: readonly number[]): number {
  let doubled = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    doubled += ring[i] * ring[j + 1] - ring[j] * ring[i + 1];
  }
  return Math.abs(doubled) / 2;
}

function* resultLines(truths: readonly Shape[][], random: Random): Generator<string> {
  yield '[';
  let first = true;
  for (const [picture, shapes] of truths.entries()) {
    const size = sizes[picture % sizes.length];
    for (let detection = 0; detection < detectionsPerPicture; detection++) {
      const found = detection < 1.7 * shapes.length;
      const shape = found
        ? detected(shapes[detection % shapes.length], 0.02 + 0.25 * random.uniform() ** 2, random)
        : randomShape(random, size);
      const score = found ? random.uniform() ** 0.5 : 0.05 + 0.6 * random.uniform() ** 3;
      const category = random.uniform() < 0.05 ? random.integer(classes) : shape.category;
      const rle = rleFromPolygons([outline(shape, 64)], size);
      const [x, y, width, height] = rleBox(rle);
      const box = [x, y, width, height].map((v) => Math.fround(v + 0.5 * random.uniform()));
      yield `${first ? '' : ', '}{"image_id": ${imageId(picture)}, "category_id": ${categoryId(category)}, ` +
        `"bbox": [${box.join(', ')}], "score": ${Math.fround(score)}, ` +
        `"segmentation": {"size": [${size.join(', ')}], "counts": ${JSON.stringify(compressRle(rle))}}}`;
      first = false;
    }
  }
  yield ']';
}

/** Ids with gaps and in no particular order, as in COCO. */
function imageId(picture: number): number {
  return 139 + ((picture * 7919) % 5003) * 116;
}

function categoryId(category: number): number {
  return category + 1 + Math.floor(category / 8);
}

/** Under a temporary name until complete, so that an interrupted run leaves no partial file. */
async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const temporary = `${path}.tmp`;
  const stream = createWriteStream(temporary);
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < 1 << 20) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end(text);
  await finished(stream);
  renameSync(temporary, path);
}
