/**
 * `npx tsx recipes/nuclei/distort.ts COCO.json IMAGES OUT [SEED]`: the data set as other microscopes and other days
 * would show it. Each picture gets another magnification, gamma, contrast, blur and noise, one in eight is the negative;
 * what happens to it depends on the seed and its position alone. OUT gets `annotations.json` and the folder `images`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from '../../src/core/random.ts';
import { addNoise, blur } from '../../src/data/augment/blur.ts';
import { changeColour } from '../../src/data/augment/colour.ts';
import { resizeSample, scaledSize } from '../../src/data/augment/resize.ts';
import { changeTone } from '../../src/data/augment/tone.ts';
import { readCocoDataset } from '../../src/data/coco/coco.ts';
import { maskFields } from '../../src/data/coco/mask-fields.ts';
import type { CocoAnnotation, CocoImage } from '../../src/data/coco/types.ts';
import { writeCocoDataset } from '../../src/data/coco/write-coco.ts';
import { seedAt } from '../../src/data/load/order.ts';
import { trainingRecords } from '../../src/data/load/training-records.ts';
import { makeSample, withMasks } from '../../src/data/sample/sample.ts';
import { decodePicture } from '../../src/image/decode.ts';

/** Longer side in pixels that magnification does not exceed. */
const largest = 1600;

const [source, folder, out, seed = '1'] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: distort.ts COCO.json IMAGES OUT [SEED]');
const dataset = await readCocoDataset(source);
const labels = new Map(dataset.categories.map(({ id }, i) => [id, i + 1]));
const { records } = trainingRecords(dataset, { folder }, labels);
await mkdir(join(out, 'images'), { recursive: true });

const images: CocoImage[] = [];
const annotations: CocoAnnotation[] = [];
for (const [index, record] of records.entries()) {
  const random = seededRandom(seedAt(Number(seed), index));
  const between = (low: number, high: number) => low * (high / low) ** random.uniform();
  const picture = await decodePicture(record.path);
  const scale = Math.min(between(0.5, 2), largest / Math.max(picture.width, picture.height));
  const resized = resizeSample(makeSample(picture, record), scaledSize(picture, scale));
  const sample = withMasks(resized.picture, resized.masks, resized.labels);
  const tone = changeTone(sample.picture, { gamma: between(0.5, 2), inverts: random.uniform() < 1 / 8 });
  const colour = changeColour(tone, {
    brightness: between(0.7, 1.3),
    contrast: between(0.5, 1.5),
    saturation: between(0.5, 1.5),
    hue: 0.05 * (2 * random.uniform() - 1),
  });
  const { width, height, data } = addNoise(blur(colour, between(0.1, 1.5)), between(1, 12), random);
  const id = index + 1;
  const file_name = `${id}.png`;
  await sharp(data, { raw: { width, height, channels: 3 } }).toFile(join(out, 'images', file_name));
  images.push({ id, width, height, file_name });
  sample.masks.forEach((mask, i) => {
    annotations.push({
      id: annotations.length + 1,
      image_id: id,
      category_id: dataset.categories[sample.labels[i] - 1].id,
      iscrowd: 0,
      ...maskFields(mask),
    });
  });
}
await writeCocoDataset(join(out, 'annotations.json'), {
  images,
  annotations,
  categories: dataset.categories,
});
console.log(`${out}: ${images.length} pictures, ${annotations.length} objects`);
