import { open } from 'node:fs/promises';
import { dirname, join, posix, relative, sep } from 'node:path';
import { encode } from 'fast-png';
import { plural } from '../../core/plural.ts';
import { regionPixels } from '../../ops/rle/region-pixels.ts';
import { locatePicture } from '../coco/locate-picture.ts';
import type { CocoDataset } from '../coco/types.ts';
import type { AnnotationWriter, LeftOut, WriteOptions } from './annotation-writer.ts';
import {
  fileNames,
  noteAbsent,
  otherFiles,
  pathInside,
  requireOwnNames,
  withoutExtension,
  writeFileAt,
} from './files.ts';
import {
  hasHoles,
  LeftOutCounts,
  pointsOf,
  type WrittenImage,
  type WrittenObject,
  writtenImages,
} from './objects.ts';

/**
 * labelme 5 and later (https://github.com/wkentaro/labelme, `_label_file.py`): one JSON file per picture. An object
 * without holes is a polygon, or several with a common `group_id`; one with holes is a mask, a PNG of its box; one
 * without a mask a rectangle.
 */
export const labelme: AnnotationWriter = {
  format: 'labelme',
  summary: 'labelme: one JSON file per picture',
  output: 'NAME.json for each picture, which refers to the picture in --images, or beside it',
  write,
};

async function write(dataset: CocoDataset, folder: string, options: WriteOptions = {}): Promise<LeftOut> {
  const nameOf = (fileName: string) => `${withoutExtension(fileName)}.json`;
  requireOwnNames(dataset.images, nameOf);
  const others = await filesOfOthers(folder, fileNames(dataset.images).map(nameOf));
  const leftOut = new LeftOutCounts();
  const pictures: string[] = [];
  let done = 0;
  for (const image of writtenImages(dataset, { ...options, leftOut })) {
    const path = pathInside(folder, nameOf(image.fileName));
    const picture =
      options.images === undefined
        ? posix.basename(image.fileName)
        : relative(dirname(path), pictureIn(options.images, image.fileName)).split(sep).join('/');
    pictures.push(join(dirname(path), picture));
    await writeFileAt(path, `${JSON.stringify(fileOf(image, picture), null, 2)}\n`);
    options.onProgress?.(++done, dataset.images.length);
  }
  noteAbsent(pictures, options);
  if (others.length > 0) {
    const files = `${plural(others.length, 'labelme file')} of other pictures`;
    options.onNote?.(`note: ${folder} has ${files} too, such as ${others[0]}`);
  }
  return leftOut.counts;
}

function pictureIn(folder: string, fileName: string): string {
  return join(folder, locatePicture(folder, fileName) ?? fileName);
}

/** Bytes within which a labelme file has its first keys. */
const headLength = 4096;

/** The labelme files in a folder that are not among `names`. Other JSON, which may be large, is not read as a whole. */
async function filesOfOthers(folder: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of await otherFiles(folder, { place: '', endings: ['.json'], names })) {
    const file = await open(join(folder, name));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0);
      if (buffer.toString('utf8', 0, bytesRead).includes('"shapes"')) found.push(name);
    } finally {
      await file.close();
    }
  }
  return found;
}

function fileOf({ width, height, objects }: WrittenImage, imagePath: string) {
  let groups = 0;
  const shapes = objects.flatMap((object) => {
    const parts = shapesOf(object);
    const group = parts.length > 1 ? ++groups : null;
    return parts.map((shape) => ({
      label: object.category,
      ...shape,
      group_id: group,
      description: '',
      flags: {},
      ...(object.score === undefined ? {} : { score: object.score }),
    }));
  });
  return {
    version: '5.5.0',
    flags: {},
    shapes,
    imagePath,
    imageData: null,
    imageHeight: height,
    imageWidth: width,
  };
}

function shapesOf(object: WrittenObject) {
  const { mask, regions, box } = object;
  if (!mask) {
    const [x, y, width, height] = box;
    const points = pointsOf([x, y, x + width, y + height]);
    return [{ shape_type: 'rectangle', points, mask: null }];
  }
  if (!hasHoles(object)) {
    return regions.map(({ outer }) => ({ shape_type: 'polygon', points: pointsOf(outer), mask: null }));
  }
  const { left, top, width, height, inside } = regionPixels(mask)!;
  const png = encode({ width, height, data: inside, depth: 8, channels: 1 });
  // The first and the last pixel, both inclusive.
  const points = pointsOf([left, top, left + width - 1, top + height - 1]);
  return [{ shape_type: 'mask', points, mask: Buffer.from(png).toString('base64') }];
}
