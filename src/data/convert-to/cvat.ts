import { regionPixels } from '../../ops/rle/region-pixels.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import type { CocoDataset } from '../coco/types.ts';
import type { AnnotationWriter, LeftOut, WriteOptions } from './annotation-writer.ts';
import { noteAbsent, pathInside, picturePaths, requireOwnNames, writeFileAt } from './files.ts';
import { hasHoles, LeftOutCounts, type WrittenImage, type WrittenObject, writtenImages } from './objects.ts';
import { escapeXml, tag } from './xml-text.ts';

/**
 * CVAT for images 1.1 (https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/): `annotations.xml`, to be
 * uploaded to a task that has the pictures. An object without holes is a polygon, or several in one group; one with
 * holes a mask; one without a mask a box.
 */
export const cvat: AnnotationWriter = {
  format: 'cvat',
  summary: 'CVAT for images 1.1: annotations.xml',
  output: 'annotations.xml, to upload to a task with the pictures',
  write,
};

async function write(dataset: CocoDataset, folder: string, options: WriteOptions = {}): Promise<LeftOut> {
  requireOwnNames(dataset.images);
  const leftOut = new LeftOutCounts();
  const images: string[] = [];
  for (const image of writtenImages(dataset, { ...options, leftOut })) {
    images.push(imageElement(image, images.length));
    options.onProgress?.(images.length, dataset.images.length);
  }
  const labels = dataset.categories.map(
    ({ name }) => `<label><name>${escapeXml(name)}</name><attributes></attributes></label>`,
  );
  const xml = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<annotations>',
    '<version>1.1</version>',
    `<meta><task><labels>${labels.join('')}</labels></task></meta>`,
    ...images,
    '</annotations>\n',
  ];
  await writeFileAt(pathInside(folder, 'annotations.xml'), xml.join('\n'));
  noteAbsent(picturePaths(dataset, options), options);
  return leftOut.counts;
}

function imageElement({ fileName, width, height, objects }: WrittenImage, id: number): string {
  let groups = 0;
  const shapes = objects.flatMap((object) => {
    const parts = shapesOf(object);
    const group = parts.length > 1 ? { group_id: ++groups } : {};
    const common = { label: object.category, source: 'auto', occluded: 0, z_order: 0, ...group };
    return parts.map(({ name, ...attributes }) => tag(name, { ...common, ...attributes }, '/'));
  });
  return [tag('image', { id, name: fileName, width, height }), ...shapes, '</image>'].join('\n');
}

function shapesOf(object: WrittenObject): ({ name: string } & Record<string, string | number>)[] {
  const { mask, regions, box } = object;
  if (!mask) {
    const [x, y, width, height] = box;
    return [{ name: 'box', xtl: x, ytl: y, xbr: x + width, ybr: y + height }];
  }
  if (hasHoles(object)) return [{ name: 'mask', ...maskAttributes(mask) }];
  return regions.map(({ outer }) => ({ name: 'polygon', points: pointList(outer) }));
}

function pointList(ring: readonly number[]): string {
  return Array.from({ length: ring.length / 2 }, (_, i) => `${ring[2 * i]},${ring[2 * i + 1]}`).join(';');
}

/** The runs of the mask's box along its rows, background first. */
function maskAttributes(mask: Rle) {
  const { left, top, width, height, inside } = regionPixels(mask)!;
  const runs: number[] = [];
  let value = 0;
  let start = 0;
  for (let at = 0; at <= inside.length; at++) {
    if (at < inside.length && inside[at] === value) continue;
    runs.push(at - start);
    start = at;
    value = 1 - value;
  }
  return { rle: runs.join(', '), left, top, width, height };
}
