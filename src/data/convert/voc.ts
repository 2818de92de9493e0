import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { isFile } from '../../core/node/is-file.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { plural } from '../../core/plural.ts';
import { decodeToBitmap } from '../../ops/rle/bitmap.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import type { Converted, Converter, ConvertOptions } from './converter.ts';
import { DatasetBuilder } from './dataset-builder.ts';
import { type FoundPicture, listFiles, PictureFolder, stemOf } from './files.ts';
import { type LabelPng, masksByValue, readLabelPng } from './label-png.ts';
import {
  challengeClasses,
  classOf,
  isVoid,
  objectNumber,
  readLabelMap,
  type VocClasses,
} from './voc-classes.ts';
import { childOf, readXml, type XmlElement } from './xml.ts';

/**
 * PASCAL VOC (development kit of 2012, sections 2.6 and "segmentation ground truth"): the pixels of
 * `SegmentationObject/*.png` are object numbers, those of `SegmentationClass/*.png` class indices, 255 being
 * an outline without a class. Number n is the n-th object of `Annotations/*.xml`, which supplies the class if
 * `SegmentationClass` is missing. Colour PNGs, as written by CVAT and Datumaro, are supported too.
 */
export const voc: Converter = {
  format: 'voc',
  summary: 'PASCAL VOC: SegmentationObject with SegmentationClass or Annotations',
  input: 'the folder that contains SegmentationObject',
  picturesIn: 'INPUT/JPEGImages',
  convert,
};

async function convert(input: string, options: ConvertOptions): Promise<Converted> {
  const folder = join(input, 'SegmentationObject');
  if (!(await isFolder(folder)))
    throw new InputError(input, 'expected a folder SegmentationObject in it, got none');
  const files = await listFiles(folder, ['.png']);
  if (files.length === 0) throw new InputError(folder, 'expected PNG files, got none');
  const pictures = await openPictures(options.images ?? join(input, 'JPEGImages'), options);
  const labelMap = join(input, 'labelmap.txt');
  const classes = (await isFile(labelMap)) ? await readLabelMap(labelMap) : challengeClasses();
  const builder = new DatasetBuilder(input, 'converted from PASCAL VOC');
  for (const _ of await unsegmented(input, files)) {
    builder.skip('files of Annotations without a PNG in SegmentationObject');
  }
  const used = new Set<string>();
  for (const [index, file] of files.entries()) {
    const source = new VocImage(input, file, classes);
    const objects = await readLabelPng(source.objectPath);
    const found = await source.picture(pictures);
    if ('problem' in found) {
      builder.leaveOut(found);
      continue;
    }
    await pictures?.requireSize(found.file, objects, source.objectPath);
    const image = builder.addImage(found.file, objects);
    const masks = masksByValue(objects, (value) => isVoid(value, objects));
    for (const { mask, name } of await source.namedObjects(objects, masks)) {
      used.add(name);
      builder.addObject(image, name, [{ rle: mask }]);
    }
    const listed = await source.listedObjects();
    for (let count = masks.size; count < listed; count++) {
      builder.skip('objects of Annotations that have no pixels in SegmentationObject');
    }
    options.onProgress?.(index + 1, files.length);
  }
  return builder.build([...used].every((name) => classes.names.includes(name)) ? classes.names : undefined);
}

/** The XML files of pictures that are not segmented, most of those of the challenge. */
async function unsegmented(input: string, segmented: readonly string[]): Promise<string[]> {
  const folder = join(input, 'Annotations');
  if (!(await isFolder(folder))) return [];
  const stems = new Set(segmented.map(stemOf));
  return (await listFiles(folder, ['.xml'])).filter((file) => !stems.has(stemOf(file)));
}

async function openPictures(folder: string, { images }: ConvertOptions): Promise<PictureFolder | undefined> {
  return images !== undefined || (await isFolder(folder)) ? PictureFolder.open(folder) : undefined;
}

/** The files of one image in a VOC folder. */
class VocImage {
  readonly objectPath: string;
  readonly #stem: string;
  readonly #classPath: string;
  readonly #xmlPath: string;
  readonly #classes: VocClasses;
  #root: Promise<XmlElement> | undefined;

  constructor(input: string, file: string, classes: VocClasses) {
    this.#stem = stemOf(file);
    this.objectPath = join(input, 'SegmentationObject', file);
    this.#classPath = join(input, 'SegmentationClass', file);
    this.#xmlPath = join(input, 'Annotations', `${this.#stem}.xml`);
    this.#classes = classes;
  }

  async picture(pictures: PictureFolder | undefined): Promise<FoundPicture> {
    if (pictures !== undefined) return pictures.findByStem(this.#stem, this.objectPath);
    const named = (await isFile(this.#xmlPath)) ? childOf(await this.#xml(), 'filename')?.text : undefined;
    return { file: named || `${this.#stem}.jpg` };
  }

  /** The number of objects that the XML lists; 0 without one. */
  async listedObjects(): Promise<number> {
    return (await isFile(this.#xmlPath)) ? (await this.#listed()).length : 0;
  }

  async namedObjects(
    objects: LabelPng,
    masks: ReadonlyMap<number, Rle>,
  ): Promise<{ mask: Rle; name: string }[]> {
    const nameOf = (await isFile(this.#classPath))
      ? await this.#namesByPixels(objects)
      : await this.#namesByXml(objects);
    return [...masks].map(([value, mask]) => ({ mask, name: nameOf(value, mask) }));
  }

  async #namesByPixels({ width, height }: LabelPng): Promise<(value: number, mask: Rle) => string> {
    const png = await readLabelPng(this.#classPath);
    if (png.width !== width || png.height !== height) {
      throw new InputError(
        this.#classPath,
        `expected ${width}×${height} as SegmentationObject has, got ${png.width}×${png.height}`,
      );
    }
    return (value, mask) => {
      const most = mostFrequent(png, mask);
      const name = most === undefined ? undefined : classOf(most, png, this.#classes);
      if (name !== undefined && name !== 'background') return name;
      const got = most === undefined ? 'background' : `the value ${most}`;
      throw new InputError(this.#classPath, `expected a class at the pixels of object ${value}, got ${got}`);
    };
  }

  async #namesByXml(objects: LabelPng): Promise<(value: number) => string> {
    if (!(await isFile(this.#xmlPath))) {
      throw new InputError(
        this.objectPath,
        `expected its classes in ${this.#classPath} or ${this.#xmlPath}, got neither file`,
      );
    }
    const listed = await this.#listed();
    return (value) => {
      const number = objectNumber(value, objects);
      const name = number === undefined ? undefined : childOf(listed[number - 1], 'name')?.text;
      if (name) return name;
      throw new InputError(
        this.#xmlPath,
        `expected an <object> with <name> for object ${number ?? value}, got ${plural(listed.length, 'object')}`,
      );
    };
  }

  async #listed(): Promise<XmlElement[]> {
    return (await this.#xml()).children.filter(({ name }) => name === 'object');
  }

  #xml(): Promise<XmlElement> {
    this.#root ??= this.#readXml();
    return this.#root;
  }

  async #readXml(): Promise<XmlElement> {
    const root = await readXml(this.#xmlPath);
    if (root.name !== 'annotation')
      throw new InputError(this.#xmlPath, `expected <annotation>, got <${root.name}>`);
    return root;
  }
}

/** The most frequent value within a mask, ignoring background and outlines. */
function mostFrequent(png: LabelPng, mask: Rle): number | undefined {
  const counts = new Map<number, number>();
  const bitmap = decodeToBitmap(mask);
  for (const [at, inside] of bitmap.entries()) {
    const value = png.values[at];
    if (inside === 0 || value === 0 || isVoid(value, png)) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b)[0]?.[0];
}
