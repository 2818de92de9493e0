import type { CocoDataset } from '../coco/types.ts';
import type { AnnotationWriter, LeftOut, WriteOptions } from './annotation-writer.ts';
import { encodeBrush } from './brush-rle.ts';
import { noteAbsent, pathInside, picturePaths, requireOwnNames, writeFileAt } from './files.ts';
import {
  hasHoles,
  LeftOutCounts,
  pointsOf,
  type WrittenImage,
  type WrittenObject,
  writtenImages,
} from './objects.ts';
import { escapeXml } from './xml-text.ts';

/** Where Label Studio serves files of its local storage. */
const localFiles = '/data/local-files/?d=';

/**
 * Tasks of Label Studio with predictions, which it shows as pre-annotations
 * (https://labelstud.io/guide/predictions), and the labeling configuration that they need. An object of one part
 * without holes is a polygon, another one a brush mask, one without a mask a rectangle.
 */
export const labelStudio: AnnotationWriter = {
  format: 'label-studio',
  summary: 'Label Studio: tasks with pre-annotations',
  output: 'tasks.json to import, and label-config.xml for the labeling interface',
  write,
};

async function write(dataset: CocoDataset, folder: string, options: WriteOptions = {}): Promise<LeftOut> {
  requireOwnNames(dataset.images);
  const leftOut = new LeftOutCounts();
  const tasks: object[] = [];
  for (const image of writtenImages(dataset, { ...options, leftOut })) {
    tasks.push(taskOf(image));
    options.onProgress?.(tasks.length, dataset.images.length);
  }
  await writeFileAt(pathInside(folder, 'tasks.json'), `${JSON.stringify(tasks)}\n`);
  const names = dataset.categories.map(({ name }) => name);
  await writeFileAt(pathInside(folder, 'label-config.xml'), configOf(names));
  noteAbsent(picturePaths(dataset, options), options);
  return leftOut.counts;
}

function taskOf(image: WrittenImage) {
  const { fileName, objects } = image;
  const result = objects.map((object, index) => resultOf(object, image, index));
  const scores = objects.flatMap(({ score }) => score ?? []);
  const score =
    scores.length === 0 ? {} : { score: scores.reduce((sum, each) => sum + each, 0) / scores.length };
  const url = `${localFiles}${encodeURIComponent(fileName).replaceAll('%2F', '/')}`;
  return { data: { image: url }, predictions: [{ model_version: 'mask-rcnn', ...score, result }] };
}

function resultOf(object: WrittenObject, { width, height }: WrittenImage, index: number) {
  const { type, name, ...value } = regionValue(object, { width, height });
  return {
    id: `object-${index + 1}`,
    type,
    from_name: name,
    to_name: 'image',
    original_width: width,
    original_height: height,
    image_rotation: 0,
    value: { ...value, [type]: [object.category] },
    ...(object.score === undefined ? {} : { score: object.score }),
  };
}

/** Coordinates are percentages of the picture's width and height. */
function regionValue(object: WrittenObject, { width, height }: { width: number; height: number }) {
  const { mask, regions, box } = object;
  if (!mask) {
    const [x, y, boxWidth, boxHeight] = box;
    return {
      type: 'rectanglelabels',
      name: 'rectangle',
      x: percent(x, width),
      y: percent(y, height),
      width: percent(boxWidth, width),
      height: percent(boxHeight, height),
      rotation: 0,
    };
  }
  if (hasHoles(object) || regions.length > 1) {
    return { type: 'brushlabels', name: 'brush', format: 'rle', rle: encodeBrush(mask) };
  }
  const points = pointsOf(regions[0].outer).map(([x, y]) => [percent(x, width), percent(y, height)]);
  return { type: 'polygonlabels', name: 'polygon', points, closed: true };
}

function percent(value: number, whole: number): number {
  return Number(((100 * value) / whole).toFixed(8));
}

function configOf(names: readonly string[]): string {
  const labels = names.map((name) => `    <Label value="${escapeXml(name)}"/>`).join('\n');
  const control = (type: string, name: string) =>
    `  <${type} name="${name}" toName="image">\n${labels}\n  </${type}>`;
  return [
    '<View>',
    '  <Image name="image" value="$image" zoom="true"/>',
    control('PolygonLabels', 'polygon'),
    control('BrushLabels', 'brush'),
    control('RectangleLabels', 'rectangle'),
    '</View>\n',
  ].join('\n');
}
