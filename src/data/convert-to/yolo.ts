import { posix } from 'node:path';
import { stringify } from 'yaml';
import { pictureExtensions } from '../../image/picture-names.ts';
import { cutToHoles, joinRings } from '../../ops/rle/joined-rings.ts';
import { checkFrames, pictureFiles } from '../coco/picture-files.ts';
import type { CocoDataset } from '../coco/types.ts';
import type { AnnotationWriter, LeftOut, WriteOptions } from './annotation-writer.ts';
import {
  copyPicture,
  fileNames,
  pathInside,
  refuseOtherFiles,
  requireOwnNames,
  withoutExtension,
  writeFileAt,
} from './files.ts';
import { LeftOutCounts, type WrittenImage, type WrittenObject, writtenImages } from './objects.ts';

/**
 * YOLO segmentation labels (https://docs.ultralytics.com/datasets/segment/). An object has one ring there; holes and
 * further parts are joined to it by cuts of zero width, as Ultralytics' own converter joins parts. An object without a
 * mask is a line of four numbers, its box.
 */
export const yolo: AnnotationWriter = {
  format: 'yolo',
  summary: 'YOLO segmentation: data.yaml, images/ and labels/',
  output: 'data.yaml, labels/train and, with --images, copies of the pictures in images/train',
  write,
};

async function write(dataset: CocoDataset, folder: string, options: WriteOptions = {}): Promise<LeftOut> {
  const labelsOf = (fileName: string) => `labels/train/${withoutExtension(fileName)}.txt`;
  requireOwnNames(dataset.images, labelsOf);
  const files = fileNames(dataset.images);
  const labels = files.map((file) => `${withoutExtension(file)}.txt`);
  await refuseOtherFiles(folder, [
    { place: 'labels/train', endings: ['.txt'], names: labels },
    // Without labels, a picture is an example of background.
    ...(options.images === undefined
      ? []
      : [{ place: 'images/train', endings: pictureExtensions, names: files }]),
  ]);
  if (options.images !== undefined) {
    const set = { images: dataset.images, source: options.source ?? 'the data set' };
    // Coordinates are fractions of the picture's size.
    await checkFrames(pictureFiles(set, { folder: options.images }), 'leave');
  }
  const leftOut = new LeftOutCounts();
  // A Map, since the keys of an object would be strings in YAML.
  const names = new Map(dataset.categories.map(({ name }, index) => [index, name]));
  // Ultralytics requires `val`; a split of one's own replaces it.
  const data = stringify({ train: 'images/train', val: 'images/train', names });
  await writeFileAt(pathInside(folder, 'data.yaml'), data);
  let done = 0;
  for (const image of writtenImages(dataset, { ...options, leftOut })) {
    const { fileName, objects } = image;
    const lines = objects.map(
      (object) => `${object.categoryIndex} ${coordinates(object, image).join(' ')}\n`,
    );
    await writeFileAt(pathInside(folder, labelsOf(fileName)), lines.join(''));
    if (options.images !== undefined) {
      const copy = pathInside(folder, posix.join('images/train', fileName));
      await copyPicture(pathInside(options.images, fileName), copy);
    }
    options.onProgress?.(++done, dataset.images.length);
  }
  return leftOut.counts;
}

/** In fractions of the picture's width and height. */
function coordinates({ mask, regions, box }: WrittenObject, { width, height }: WrittenImage): number[] {
  if (mask) {
    return joinRings(regions.map(cutToHoles)).map((value, i) =>
      fraction(value, i % 2 === 0 ? width : height),
    );
  }
  const [x, y, boxWidth, boxHeight] = box;
  return [
    fraction(x + boxWidth / 2, width),
    fraction(y + boxHeight / 2, height),
    fraction(boxWidth, width),
    fraction(boxHeight, height),
  ];
}

/** Ten decimals give back every corner of a pixel exactly. */
function fraction(value: number, whole: number): number {
  return Number(Math.min(Math.max(value / whole, 0), 1).toFixed(10));
}
