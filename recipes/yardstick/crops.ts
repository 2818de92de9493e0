/**
 * `npx tsx recipes/yardstick/crops.ts COCO.json IMAGES OUT [COUNT]`: random crops of 256×256 of a data set's pictures, as
 * a data set of its own; each picture is cropped as often as the others.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from '../../src/core/random.ts';
import { cutWindow } from '../../src/data/augment/crop.ts';
import { readCocoDataset } from '../../src/data/coco.ts';
import { shuffledOrder } from '../../src/data/loader-order.ts';
import { makeSample } from '../../src/data/sample.ts';
import { trainingRecords } from '../../src/data/training-records.ts';
import { writeCocoDataset } from '../../src/data/write-coco.ts';
import { decodePicture } from '../../src/image/decode.ts';
import { rleArea } from '../../src/ops/rle/measure.ts';

const side = 256;
const seed = 5;

const [source, folder, out, count = '3192'] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: crops.ts COCO.json IMAGES OUT [COUNT]');
const dataset = await readCocoDataset(source);
const labels = new Map(dataset.categories.map(({ id }, index) => [id, index + 1]));
const { records } = trainingRecords(dataset, folder, labels);
const order = shuffledOrder(records.length, seed);
const random = seededRandom(seed);
const images = [];
const annotations = [];
await mkdir(join(out, 'images'), { recursive: true });
for (let id = 1; id <= Number(count); id++) {
  const record = records[order(id - 1)];
  const { picture, boxes, masks, ...crop } = cutWindow(
    makeSample(await decodePicture(record.path), record),
    side,
    random,
  );
  const { width, height, data } = picture;
  const file_name = `${id}.png`;
  await sharp(data, { raw: { width, height, channels: 3 } }).toFile(join(out, 'images', file_name));
  images.push({ id, file_name, width, height });
  for (const [i, mask] of masks.entries()) {
    const [x1, y1, x2, y2] = boxes.subarray(4 * i, 4 * i + 4);
    annotations.push({
      id: annotations.length + 1,
      image_id: id,
      category_id: dataset.categories[crop.labels[i] - 1].id,
      iscrowd: 0 as const,
      area: rleArea(mask),
      bbox: [x1, y1, x2 - x1, y2 - y1] as [number, number, number, number],
      segmentation: { size: [height, width] as [number, number], counts: Array.from(mask.counts) },
    });
  }
}
await writeCocoDataset(join(out, 'annotations.json'), {
  images,
  annotations,
  categories: dataset.categories,
});
console.log(`${out}: ${images.length} crops with ${annotations.length} objects`);
