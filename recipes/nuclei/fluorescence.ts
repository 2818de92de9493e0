/**
 * `npx tsx recipes/nuclei/fluorescence.ts COCO.json IMAGES OUT.json`: extracts the fluorescence pictures of a data
 * set, on which published results are based (Schmidt et al. 2018): bright objects, without colour, on a dark background.
 */

import { join } from 'node:path';
import { plural } from '../../src/core/plural.ts';
import { readCocoDataset } from '../../src/data/coco/coco.ts';
import { writeCocoDataset } from '../../src/data/coco/write-coco.ts';
import { decodePicture } from '../../src/image/decode.ts';
import type { Picture } from '../../src/image/picture.ts';

/** Grey pictures differ in their channels by less than this on average, of 255. */
const mostColour = 8;
/** Half of the pixels are darker than this, of 255. */
const darkGround = 100;

function isFluorescence({ data }: Picture): boolean {
  const pixels = data.length / 3;
  const histogram = new Uint32Array(256);
  let colour = 0;
  for (let i = 0; i < data.length; i += 3) {
    const [red, green, blue] = [data[i], data[i + 1], data[i + 2]];
    colour += Math.max(red, green, blue) - Math.min(red, green, blue);
    histogram[green]++;
  }
  let dark = 0;
  for (let value = 0; value < darkGround; value++) dark += histogram[value];
  return colour / pixels < mostColour && dark > pixels / 2;
}

const [source, folder, out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: fluorescence.ts COCO.json IMAGES OUT.json');
const dataset = await readCocoDataset(source);
const images = [];
for (const image of dataset.images) {
  if (isFluorescence(await decodePicture(join(folder, image.file_name ?? '')))) images.push(image);
}
const annotations = images.flatMap(({ id }) => dataset.annotationsOf(id));
await writeCocoDataset(out, { images, annotations, categories: dataset.categories });
console.log(
  `${out}: ${images.length} of ${plural(dataset.images.length, 'picture')}, ${plural(annotations.length, 'object')}`,
);
