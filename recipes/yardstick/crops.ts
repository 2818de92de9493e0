/**
 * `npx tsx recipes/yardstick/crops.ts COCO.json IMAGES OUT [COUNT]`: random crops of 256×256 of a data set's pictures, as
 * a new data set; all pictures are cropped equally often.
 */

import { join } from 'node:path';
import sharp from 'sharp';
import { makeFolder } from '../../src/core/node/make-folder.ts';
import { plural } from '../../src/core/plural.ts';
import { seededRandom } from '../../src/core/random.ts';
import { cutWindow } from '../../src/data/augment/crop.ts';
import { readCocoDataset } from '../../src/data/coco/coco.ts';
import { maskFields } from '../../src/data/coco/mask-fields.ts';
import type { CocoAnnotation, CocoImage } from '../../src/data/coco/types.ts';
import { writeCocoDataset } from '../../src/data/coco/write-coco.ts';
import { shuffledOrder } from '../../src/data/load/order.ts';
import { trainingRecords } from '../../src/data/load/training-records.ts';
import { makeSample } from '../../src/data/sample/sample.ts';
import { decodePicture } from '../../src/image/decode.ts';

const side = 256;
const seed = 5;

const [source, folder, out, count = '3192'] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: crops.ts COCO.json IMAGES OUT [COUNT]');
const dataset = await readCocoDataset(source);
const labels = new Map(dataset.categories.map(({ id }, index) => [id, index + 1]));
const { records } = trainingRecords(dataset, { folder }, labels);
const order = shuffledOrder(records.length, seed);
const random = seededRandom(seed);
const images: CocoImage[] = [];
const annotations: CocoAnnotation[] = [];
await makeFolder(join(out, 'images'));
for (let id = 1; id <= Number(count); id++) {
  const record = records[order(id - 1)];
  const sample = makeSample(await decodePicture(record.path), record);
  const { picture, boxes, masks, labels: classes } = cutWindow(sample, side, random);
  const { width, height, data } = picture;
  const file_name = `${id}.png`;
  await sharp(data, { raw: { width, height, channels: 3 } }).toFile(join(out, 'images', file_name));
  images.push({ id, file_name, width, height });
  for (const [i, mask] of masks.entries()) {
    const [x1, y1, x2, y2] = boxes.subarray(4 * i, 4 * i + 4);
    annotations.push({
      id: annotations.length + 1,
      image_id: id,
      category_id: dataset.categories[classes[i] - 1].id,
      iscrowd: 0,
      ...maskFields(mask),
      bbox: [x1, y1, x2 - x1, y2 - y1],
    });
  }
}
await writeCocoDataset(join(out, 'annotations.json'), {
  images,
  annotations,
  categories: dataset.categories,
});
console.log(`${out}: ${plural(images.length, 'crop')} with ${plural(annotations.length, 'object')}`);
