import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { coordinateRange, isCoordinate, sizeProblem } from '../../core/picture-limits.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { preview } from '../coco/problems.ts';
import type { CocoImage } from '../coco/types.ts';
import type { Converted, Converter, ConvertOptions } from './converter.ts';
import { DatasetBuilder, type ObjectShape } from './dataset-builder.ts';
import { PictureFolder, sortKey } from './files.ts';
import { ellipseRing, rounded } from './shapes.ts';
import { childOf, readXml, type XmlElement } from './xml.ts';

/**
 * CVAT for images 1.1 (https://docs.cvat.ai/docs/other/xml_format/). Runs of a mask follow the rows of its
 * own box, starting with background. Boxes remain boxes without a mask, as in CVAT's own COCO export, unless
 * they are rotated. Shapes with the same label and `group_id` are one object.
 */
export const cvat: Converter = {
  format: 'cvat',
  summary: 'CVAT for images 1.1: annotations.xml',
  input: 'the XML file, or the folder that contains annotations.xml',
  picturesIn: 'the folder that paths in the XML are relative to (`images` in a CVAT export)',
  convert,
};

const noArea = ['polyline', 'points', 'skeleton', 'cuboid', 'tag'];

async function convert(input: string, options: ConvertOptions): Promise<Converted> {
  const path = (await isFolder(input)) ? join(input, 'annotations.xml') : input;
  const root = await readXml(path);
  if (root.name !== 'annotations') throw new InputError(path, `expected <annotations>, got <${root.name}>`);
  if (root.children.some(({ name }) => name === 'track')) {
    throw new InputError(
      path,
      'expected CVAT for images, got CVAT for video (<track>): export it as "CVAT for images 1.1"',
    );
  }
  const pictures = options.images === undefined ? undefined : await PictureFolder.open(options.images);
  const elements = root.children.filter(({ name }) => name === 'image');
  const images = elements.map((element) => {
    const place = new Place(path, element);
    const name = place.text('name');
    return { element, place, found: pictures?.find(name, path) ?? { file: name } };
  });
  images.sort((a, b) => (sortKey(a.found) < sortKey(b.found) ? -1 : 1));
  const labels = labelsOf(root);
  const builder = new DatasetBuilder(path, 'converted from CVAT');
  for (const [index, { element, place, found }] of images.entries()) {
    if ('problem' in found) {
      builder.leaveOut(found);
      continue;
    }
    const size = { width: place.side('width'), height: place.side('height') };
    addShapes(builder, builder.addImage(found.file, size), { shapes: element.children, path, labels });
    options.onProgress?.(index + 1, images.length);
  }
  return builder.build(labels);
}

/** `<meta><task|project|job><labels><label><name>`, without the parts of skeletons. */
function labelsOf(root: XmlElement): string[] | undefined {
  for (const owner of childOf(root, 'meta')?.children ?? []) {
    const labels = childOf(owner, 'labels')?.children.filter(
      (label) => childOf(label, 'parent') === undefined,
    );
    if (labels !== undefined && labels.length > 0)
      return labels.map((label) => childOf(label, 'name')?.text ?? '');
  }
  return undefined;
}

function addShapes(
  builder: DatasetBuilder,
  image: CocoImage,
  { shapes, path, labels }: { shapes: readonly XmlElement[]; path: string; labels: string[] | undefined },
): void {
  const groups = new Map<string, { label: string; parts: ObjectShape[] }>();
  for (const [index, shape] of shapes.entries()) {
    if (noArea.includes(shape.name)) {
      builder.skip(`<${shape.name}> elements, which have no area`);
      continue;
    }
    const place = new Place(`${path}: image ${image.file_name}`, shape);
    const label = place.text('label');
    if (labels !== undefined && !labels.includes(label)) {
      throw place.wrong(`expected a label of the task (${labels.join(', ')}), got ${preview(label)}`);
    }
    const part = partOf(shape, image, place);
    if ('rings' in part && part.rings[0].length < 6) {
      builder.skip('<polygon> elements of fewer than 3 points');
      continue;
    }
    const group = shape.attributes.group_id ?? '0';
    const key = group === '0' || group === '' ? `alone ${index}` : `group ${group} ${label}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { label, parts: [part] });
    else known.parts.push(part);
  }
  for (const { label, parts } of groups.values()) builder.addObject(image, label, parts);
}

function partOf(shape: XmlElement, image: CocoImage, place: Place): ObjectShape {
  switch (shape.name) {
    case 'polygon':
      return { rings: [polygonRing(place)] };
    case 'box':
      return boxPart(place);
    case 'ellipse': {
      const [x, y, radiusX, radiusY] = (['cx', 'cy', 'rx', 'ry'] as const).map((key) => place.number(key));
      return { rings: [ellipseRing({ x, y, radiusX, radiusY, rotation: place.rotation() })] };
    }
    case 'mask':
      return maskPart(image, place);
    default:
      throw place.wrong('expected polygon, box, ellipse, mask, polyline, points, cuboid, skeleton or tag');
  }
}

function polygonRing(place: Place): number[] {
  const text = place.text('points');
  const ring = text.split(';').flatMap((point) => point.split(',').map(Number));
  if (ring.length % 2 !== 0 || !ring.every(isCoordinate)) {
    throw place.wrong(`expected points "x0,y0;x1,y1;…", got ${preview(text)}`);
  }
  return ring;
}

function boxPart(place: Place): ObjectShape {
  const [left, top, right, bottom] = (['xtl', 'ytl', 'xbr', 'ybr'] as const).map((key) => place.number(key));
  const rotation = place.rotation();
  const width = right - left;
  const height = bottom - top;
  if (rotation === 0) return { box: [left, top, rounded(width), rounded(height)] };
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ];
  const ring = corners.flatMap(([x, y]) => {
    const dx = (x * width) / 2;
    const dy = (y * height) / 2;
    return [rounded(left + width / 2 + dx * cos - dy * sin), rounded(top + height / 2 + dx * sin + dy * cos)];
  });
  return { rings: [ring] };
}

function maskPart(image: CocoImage, place: Place): ObjectShape {
  const width = place.side('width');
  const height = place.side('height');
  const runs = place.text('rle').split(',').map(Number);
  const total = runs.reduce((sum, run) => sum + run, 0);
  const tooLarge = sizeProblem({ width, height });
  if (tooLarge !== undefined) throw place.wrong(`its mask ${tooLarge}`);
  const areRuns = runs.every((run) => Number.isInteger(run) && run >= 0);
  // Some writers omit the last run if it is background.
  if (!areRuns || total > width * height) {
    throw place.wrong(
      `expected rle to fill width ${width} × height ${height} = ${width * height} pixels, got ${total}`,
    );
  }
  const bitmap = new Uint8Array(width * height);
  let position = 0;
  for (const [index, run] of runs.entries()) {
    if (index % 2 === 1) bitmap.fill(1, position, position + run);
    position += run;
  }
  const placement = {
    size: [image.height, image.width] as const,
    left: Math.trunc(place.number('left')),
    top: Math.trunc(place.number('top')),
  };
  return { rle: encodeBitmap(bitmap, [height, width], placement) };
}

/** Reads the attributes of an element; its errors name the location. */
class Place {
  readonly #source: string;
  readonly #element: XmlElement;

  constructor(source: string, element: XmlElement) {
    this.#source = source;
    this.#element = element;
  }

  text(key: string): string {
    const value = this.#element.attributes[key];
    if (value === undefined) throw this.wrong(`expected an attribute ${key}, got none`);
    return value;
  }

  number(key: string): number {
    const text = this.text(key);
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!isCoordinate(value)) throw this.wrong(`expected ${coordinateRange} as ${key}, got ${preview(text)}`);
    return value;
  }

  /** An integer number of pixels > 0. */
  side(key: string): number {
    const value = this.number(key);
    if (!Number.isInteger(value) || value <= 0)
      throw this.wrong(`expected pixels > 0 as ${key}, got ${value}`);
    return value;
  }

  /** In radians; the file has degrees. */
  rotation(): number {
    return this.#element.attributes.rotation === undefined ? 0 : (this.number('rotation') * Math.PI) / 180;
  }

  wrong(problem: string): InputError {
    return new InputError(this.#source, `<${this.#element.name}>: ${problem}`);
  }
}
