import { posix } from 'node:path';
import { encode } from 'fast-png';
import { InputError } from '../../core/errors.ts';
import { eachStretch } from '../../ops/rle/stretches.ts';
import type { CocoDataset } from '../coco/types.ts';
import { vocColour } from '../convert/voc-classes.ts';
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
import { escapeXml } from './xml-text.ts';

/** 255 is the outline between objects. */
const mostValues = 254;

type Rgb = [number, number, number];

const palette = Array.from({ length: 256 }, (_, index): Rgb => {
  const colour = vocColour(index);
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
});

/**
 * PASCAL VOC: `SegmentationObject` and `SegmentationClass` with VOC's palette, `Annotations` with boxes, `labelmap.txt`
 * as CVAT and Datumaro write it, and a list of all pictures. A pixel has one object there: where predictions overlap,
 * that with the best score, otherwise the last.
 */
export const voc: AnnotationWriter = {
  format: 'voc',
  summary: 'PASCAL VOC: SegmentationObject, SegmentationClass and Annotations',
  output: 'the folders of VOC; with --images, copies of the pictures in JPEGImages',
  write,
};

async function write(dataset: CocoDataset, folder: string, options: WriteOptions = {}): Promise<LeftOut> {
  const leftOut = new LeftOutCounts();
  if (dataset.categories.length > mostValues) {
    throw new InputError('voc', `has room for ${mostValues} categories, got ${dataset.categories.length}`);
  }
  // VOC has one folder.
  const nameOf = (fileName: string) => withoutExtension(fileName).replaceAll('/', '_');
  requireOwnNames(dataset.images, (fileName) => `Annotations/${nameOf(fileName)}.xml`);
  const own = fileNames(dataset.images).map(nameOf);
  await refuseOtherFiles(
    folder,
    (
      [
        ['Annotations', '.xml'],
        ['SegmentationObject', '.png'],
      ] as const
    ).map(([place, ending]) => ({
      place,
      endings: [ending],
      names: own.map((name) => `${name}${ending}`),
    })),
  );
  const classes = ['background', ...dataset.categories.map(({ name }) => name)];
  const labelMap = classes.map((name, index) => `${name}:${palette[index].join(',')}::\n`);
  await writeFileAt(
    pathInside(folder, 'labelmap.txt'),
    `# label:color_rgb:parts:actions\n${labelMap.join('')}`,
  );
  const names: string[] = [];
  for (const image of writtenImages(dataset, { ...options, leftOut })) {
    const name = nameOf(image.fileName);
    names.push(name);
    await writeImage(image, { folder, name, images: options.images, leftOut });
    options.onProgress?.(names.length, dataset.images.length);
  }
  const list = names.map((name) => `${name}\n`).join('');
  await writeFileAt(pathInside(folder, 'ImageSets/Segmentation/default.txt'), list);
  return leftOut.counts;
}

interface Place {
  readonly folder: string;
  readonly name: string;
  readonly images: string | undefined;
  readonly leftOut: LeftOutCounts;
}

async function writeImage(image: WrittenImage, { folder, name, images, leftOut }: Place): Promise<void> {
  const { fileName, width, height } = image;
  const masked = image.objects.filter(({ mask }) => mask !== null);
  if (masked.length > mostValues) {
    throw new InputError(
      fileName,
      `has ${masked.length} objects, and VOC's PNGs have room for ${mostValues}`,
    );
  }
  // Objects with pixels first, since their numbers are pixel values.
  const objects = [...masked, ...image.objects.filter(({ mask }) => mask === null)];
  const numbers = new Uint8Array(width * height);
  const classes = new Uint8Array(width * height);
  const order = masked.map((object, index) => ({ object, number: index + 1 }));
  order.sort((a, b) => (a.object.score ?? 0) - (b.object.score ?? 0));
  for (const { object, number } of order) {
    eachStretch(object.mask!, (column, start, end) => {
      for (let row = start; row < end; row++) {
        numbers[row * width + column] = number;
        classes[row * width + column] = object.categoryIndex + 1;
      }
    });
  }
  const shown = new Set(numbers);
  for (const { number } of order) if (!shown.has(number)) leftOut.add('masks that others cover');
  const file = `${name}${posix.extname(fileName)}`;
  for (const [part, data] of [
    ['SegmentationObject', numbers],
    ['SegmentationClass', classes],
  ] as const) {
    const png = encode({ width, height, data, depth: 8, channels: 1, palette });
    await writeFileAt(pathInside(folder, `${part}/${name}.png`), png);
  }
  await writeFileAt(
    pathInside(folder, `Annotations/${name}.xml`),
    annotationXml({ ...image, objects }, file),
  );
  if (images !== undefined)
    await copyPicture(pathInside(images, fileName), pathInside(folder, `JPEGImages/${file}`));
}

function annotationXml({ width, height, objects }: WrittenImage, file: string): string {
  return [
    '<annotation>',
    `<folder>JPEGImages</folder><filename>${escapeXml(file)}</filename>`,
    `<size><width>${width}</width><height>${height}</height><depth>3</depth></size>`,
    '<segmented>1</segmented>',
    ...objects.map(objectElement),
    '</annotation>\n',
  ].join('\n');
}

function objectElement({ category, box: [x, y, width, height] }: WrittenObject): string {
  // VOC counts pixels from 1, both ends inclusive.
  const sides = { xmin: x + 1, ymin: y + 1, xmax: x + width, ymax: y + height };
  const box = Object.entries(sides).map(([side, value]) => `<${side}>${value}</${side}>`);
  return `<object><name>${escapeXml(category)}</name><bndbox>${box.join('')}</bndbox></object>`;
}
