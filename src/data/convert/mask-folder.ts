import { join, posix } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { Converted, Converter, ConvertOptions } from './converter.ts';
import { DatasetBuilder } from './dataset-builder.ts';
import { listFiles, PictureFolder, requireSameSize, unreadablePicture } from './files.ts';
import { masksByValue, readLabelPng } from './label-png.ts';

/**
 * One mask PNG per object, laid out as in the 2018 Data Science Bowl
 * (https://bbbc.broadinstitute.org/BBBC038): `ID/images/*.png` and `ID/masks/*.png`. Every non-zero pixel of
 * a mask belongs to the object.
 */
export const maskFolder: Converter = {
  format: 'masks',
  summary: 'a folder ID/images/*.png, ID/masks/*.png: one mask PNG per object (Data Science Bowl 2018)',
  input: 'the folder that contains the ID folders',
  picturesIn: 'INPUT',
  uses: ['category'],
  convert,
};

async function convert(input: string, options: ConvertOptions): Promise<Converted> {
  const base = options.images ?? input;
  const pictures = await PictureFolder.open(base);
  const files = pictures.files.filter(isInImages);
  if (files.length === 0) {
    const got = pictures.unreadable.length === 0 ? 'none' : unreadablePicture(pictures.unreadable[0]).problem;
    throw new InputError(base, `expected pictures ID/images/*.png, got ${got}`);
  }
  const masks = await masksByItem(input);
  const items = files.map(itemOf);
  if (!items.some((item) => masks.has(item))) {
    throw new InputError(
      join(input, items[0], 'masks'),
      `expected PNG masks of ${files[0]}, got none, as for all other pictures`,
    );
  }
  const category = options.category ?? 'object';
  const builder = new DatasetBuilder(input, 'converted from a folder of masks');
  for (const [index, file] of files.entries()) {
    const size = await pictures.size(file);
    const image = builder.addImage(file, size);
    for (const mask of masks.get(itemOf(file)) ?? []) {
      const path = join(input, mask);
      const png = await readLabelPng(path);
      requireSameSize(png, path, { file, ...size });
      const values = Uint8Array.from(png.values, (value) => (value === 0 ? 0 : 1));
      const rle = masksByValue({ ...size, values }).get(1);
      if (rle === undefined) builder.skip('masks without a pixel');
      else builder.addObject(image, category, [{ rle }]);
    }
    options.onProgress?.(index + 1, files.length);
  }
  const unreadable = pictures.unreadable.filter(isInImages);
  for (const picture of unreadable) builder.leaveOut(unreadablePicture(picture));
  const pictured = new Set([...files, ...unreadable].map(itemOf));
  for (const item of masks.keys()) {
    if (!pictured.has(item))
      builder.leaveOut({ name: posix.join(item, 'images/*'), problem: `no such picture in ${base}` });
  }
  return builder.build([category]);
}

function isInImages(file: string): boolean {
  return posix.basename(posix.dirname(file)) === 'images';
}

/** `ID/images/a.png` → `ID` */
function itemOf(file: string): string {
  return posix.dirname(posix.dirname(file));
}

/** The mask files of each ID, sorted. */
async function masksByItem(input: string): Promise<Map<string, string[]>> {
  const byItem = new Map<string, string[]>();
  for (const file of await listFiles(input, ['.png'])) {
    const folder = posix.dirname(file);
    if (posix.basename(folder) !== 'masks') continue;
    const item = itemOf(file);
    const group = byItem.get(item);
    if (group === undefined) byItem.set(item, [file]);
    else group.push(file);
  }
  return byItem;
}
