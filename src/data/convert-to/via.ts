import { stat } from 'node:fs/promises';
import { cutToHoles, joinRings } from '../../ops/rle/joined-rings.ts';
import type { CocoDataset } from '../coco/types.ts';
import type { AnnotationWriter, LeftOut, WriteOptions } from './annotation-writer.ts';
import { noteAbsent, pathInside, picturePaths, requireOwnNames, writeFileAt } from './files.ts';
import { LeftOutCounts, type WrittenImage, type WrittenObject, writtenImages } from './objects.ts';

/** The region attribute that holds the category. */
const attribute = 'class';

/**
 * A project of VGG Image Annotator 2 (https://www.robots.ox.ac.uk/~vgg/software/via/, `_via_save_project`). A region has
 * one ring there; holes and further parts are joined to it by cuts of zero width. An object without a mask is a
 * rectangle.
 */
export const via: AnnotationWriter = {
  format: 'via',
  summary: 'VGG Image Annotator 2: a project',
  output: 'via_project.json, to open in VIA; the pictures are found under its default path',
  write,
};

async function write(dataset: CocoDataset, folder: string, options: WriteOptions = {}): Promise<LeftOut> {
  requireOwnNames(dataset.images);
  const leftOut = new LeftOutCounts();
  const metadata: Record<string, object> = {};
  let done = 0;
  for (const image of writtenImages(dataset, { ...options, leftOut })) {
    const size =
      options.images === undefined ? -1 : await fileSize(pathInside(options.images, image.fileName));
    // VIA's key of a file.
    metadata[`${image.fileName}${size}`] = pictureOf(image, size);
    options.onProgress?.(++done, dataset.images.length);
  }
  const names = Object.fromEntries(dataset.categories.map(({ name }) => [name, name]));
  const project = {
    _via_settings: {
      ui: {},
      core: { buffer_size: 18, filepath: {}, default_filepath: options.images ? `${options.images}/` : '' },
      project: { name: 'mask-rcnn' },
    },
    _via_img_metadata: metadata,
    _via_attributes: {
      region: { [attribute]: { type: 'dropdown', description: '', options: names, default_options: {} } },
      file: {},
    },
    _via_data_format_version: '2.0.10',
    _via_image_id_list: Object.keys(metadata),
  };
  await writeFileAt(pathInside(folder, 'via_project.json'), `${JSON.stringify(project)}\n`);
  noteAbsent(picturePaths(dataset, options), options);
  return leftOut.counts;
}

function pictureOf({ fileName, objects }: WrittenImage, size: number) {
  const regions = objects.map((object) => ({
    shape_attributes: shapeOf(object),
    region_attributes: { [attribute]: object.category },
  }));
  return { filename: fileName, size, regions, file_attributes: {} };
}

function shapeOf({ mask, regions, box: [x, y, width, height] }: WrittenObject) {
  if (!mask) return { name: 'rect', x, y, width, height };
  const ring = joinRings(regions.map(cutToHoles));
  return {
    name: 'polygon',
    all_points_x: ring.filter((_, i) => i % 2 === 0),
    all_points_y: ring.filter((_, i) => i % 2 === 1),
  };
}

/** −1 where there is no such file, as VIA has it. */
async function fileSize(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => -1,
  );
}
