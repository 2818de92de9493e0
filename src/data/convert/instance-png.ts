import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { Converted, Converter, ConvertOptions } from './converter.ts';
import { DatasetBuilder } from './dataset-builder.ts';
import { type FoundPicture, listFiles, PictureFolder, stemOf } from './files.ts';
import { masksByValue, readLabelPng } from './label-png.ts';

/** File name endings that distinguish label images from their pictures: Cellpose's, ImageJ's, StarDist's and common ones. */
const labelEndings = /[-_.](cp_masks|masks?|labels?|instances?|instance_ids?|seg)$/i;

/**
 * One PNG per picture whose values are object numbers, 0 being background: 8- or 16-bit grey, or palette
 * indices. Microscopy tools write such label images (Cellpose `*_cp_masks.png`, StarDist, ImageJ).
 */
export const instancePng: Converter = {
  format: 'instance-png',
  summary: 'a folder of PNGs whose values are object numbers (8 or 16 bit)',
  input: 'the folder of the label PNGs',
  picturesIn: 'INPUT (the name of the label PNG itself)',
  uses: ['category'],
  convert,
};

async function convert(input: string, options: ConvertOptions): Promise<Converted> {
  const files = await listFiles(input, ['.png']);
  if (files.length === 0) throw new InputError(input, 'expected PNG files, got none');
  const pictures = options.images === undefined ? undefined : await PictureFolder.open(options.images);
  const category = options.category ?? 'object';
  const builder = new DatasetBuilder(input, 'converted from instance PNGs');
  for (const [index, file] of files.entries()) {
    const path = join(input, file);
    const png = await readLabelPng(path);
    if (png.kind === 'rgb') {
      throw new InputError(
        path,
        'expected object numbers (8- or 16-bit grey, or a palette), got a colour PNG',
      );
    }
    const found = pictureOf(file, path, pictures);
    if ('problem' in found) {
      builder.leaveOut(found);
      continue;
    }
    await pictures?.requireSize(found.file, png, path);
    const image = builder.addImage(found.file, png);
    for (const rle of masksByValue(png).values()) builder.addObject(image, category, [{ rle }]);
    options.onProgress?.(index + 1, files.length);
  }
  return builder.build([category]);
}

/** The picture of the same name, with or without the label image's suffix. */
function pictureOf(file: string, path: string, pictures: PictureFolder | undefined): FoundPicture {
  if (pictures === undefined) return { file };
  const stem = stemOf(file);
  return pictures.findByStem(pictures.hasStem(stem) ? stem : stem.replace(labelEndings, ''), path);
}
