import { dirname, join, posix } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { coordinateRange, isCoordinate } from '../../core/picture-limits.ts';
import { firstPageSize, pictureSize } from '../../image/decode.ts';
import { unreadableExtension } from '../../image/picture-names.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { isAbsoluteAnywhere, locatePicture } from '../coco/locate-picture.ts';
import type { CocoImage } from '../coco/types.ts';
import { parseAs, readJsonFile } from '../json/file.ts';
import type { Converted, Converter, ConvertOptions } from './converter.ts';
import { DatasetBuilder, type ObjectShape } from './dataset-builder.ts';
import { type FoundPicture, listFiles, PictureFolder, unreadablePicture } from './files.ts';
import { decodeLabelPng } from './label-png.ts';
import { ellipseRing, rectangleRing } from './shapes.ts';

const coordinate = z.number().refine(isCoordinate, `expected ${coordinateRange}`);

const numberAsText = (value: unknown) => (typeof value === 'number' ? String(value) : value);

const shapeSchema = z.object({
  // Scripts write class numbers.
  label: z.preprocess(numberAsText, z.string()),
  points: z.array(z.tuple([coordinate, coordinate])),
  group_id: z.union([z.number(), z.string()]).nullish(),
  shape_type: z.string().nullish(),
  /** Base64 of a PNG. */
  mask: z.string().nullish(),
});
type LabelmeShape = z.infer<typeof shapeSchema>;

const fileSchema = z.object({
  shapes: z.array(shapeSchema),
  imagePath: z.string(),
  imageWidth: z.int().positive().nullish(),
  imageHeight: z.int().positive().nullish(),
  imageData: z.string().nullish(),
});

/** Labels that labelme's own tools ignore: the entries of its `labels.txt` that are not classes. */
const noClasses = ['__ignore__', '_background_'];

/**
 * labelme (https://github.com/wkentaro/labelme): one JSON file per picture. The format is defined by its
 * `label_file.py`, and the area of each shape by `utils/shape.py`: a circle is given by its centre and a
 * point on it, a mask by a PNG that covers the pixels from its first to its second point, both inclusive.
 * Shapes with the same label and `group_id` are one object, as in labelme's own COCO export.
 */
export const labelme: Converter = {
  format: 'labelme',
  summary: 'labelme: one JSON file per picture',
  input: 'a folder of JSON files, or one of them',
  picturesIn: 'INPUT',
  convert,
};

async function convert(input: string, options: ConvertOptions): Promise<Converted> {
  const folder = (await isFolder(input)) ? input : dirname(input);
  const files = folder === input ? await listFiles(folder, ['.json']) : [posix.basename(input)];
  if (files.length === 0) throw new InputError(input, 'expected labelme JSON files, got none');
  const pictures = options.images === undefined ? undefined : await PictureFolder.open(options.images);
  const builder = new DatasetBuilder(input, 'converted from labelme');
  const foreign: string[] = [];
  for (const [index, name] of files.entries()) {
    const path = join(folder, name);
    options.onProgress?.(index + 1, files.length);
    const value = await readJsonFile(path, z.unknown());
    if (files.length > 1 && !isLabelme(value)) {
      foreign.push(name);
      continue;
    }
    const content = parseAs(fileSchema, value, path);
    const found = pictures?.find(content.imagePath, path) ?? pictureBeside(folder, name, content.imagePath);
    if ('problem' in found) {
      builder.leaveOut(found);
      continue;
    }
    const size = await sizeOf(content, join(pictures?.path ?? folder, found.file));
    addShapes(builder, builder.addImage(found.file, size), { shapes: content.shapes, path });
  }
  if (foreign.length === files.length) {
    throw new InputError(
      join(folder, foreign[0]),
      'expected a labelme file with "shapes" and "imagePath", got neither',
    );
  }
  for (const _ of foreign) builder.skip(`JSON files that are not labelme's (${foreign[0]})`);
  return builder.build();
}

/** Whether a JSON value is meant to be a labelme file; an earlier output of a conversion is not. */
function isLabelme(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('shapes' in value || 'imagePath' in value);
}

/**
 * The picture of a JSON file, by the path that the file has for it, which is relative to the file. An absolute path is that
 * of another machine; the picture lies beside the file then.
 */
function pictureBeside(folder: string, json: string, imagePath: string): FoundPicture {
  const extension = unreadableExtension(imagePath);
  if (extension !== undefined) return unreadablePicture(imagePath);
  const slashed = imagePath.replaceAll('\\', '/');
  const beside = posix.dirname(json);
  const located = locatePicture(join(folder, beside), slashed);
  const absent = isAbsoluteAnywhere(slashed) ? posix.basename(slashed) : slashed;
  return { file: posix.join(beside, located ?? absent) };
}

async function sizeOf(
  { imageWidth, imageHeight, imageData }: z.infer<typeof fileSchema>,
  picture: string,
): Promise<{ width: number; height: number }> {
  if (imageWidth && imageHeight) return { width: imageWidth, height: imageHeight };
  return imageData
    ? pictureSize(Buffer.from(imageData, 'base64'), { name: picture })
    : firstPageSize(picture);
}

function addShapes(
  builder: DatasetBuilder,
  image: CocoImage,
  { shapes, path }: { shapes: readonly LabelmeShape[]; path: string },
): void {
  const groups = new Map<string, { label: string; parts: ObjectShape[] }>();
  for (const [index, shape] of shapes.entries()) {
    const { label, group_id } = shape;
    if (noClasses.includes(label)) {
      builder.skip(`shapes labelled ${label}`);
      continue;
    }
    const part = partOf(shape, { image, where: `shapes[${index}]`, path });
    if (typeof part === 'string') {
      const separator = part.startsWith('which') ? ',' : '';
      builder.skip(`${shape.shape_type ?? 'polygon'} shapes${separator} ${part}`);
      continue;
    }
    const key = group_id == null ? `alone ${index}` : `group ${group_id} ${label}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { label, parts: [part] });
    else group.parts.push(part);
  }
  for (const { label, parts } of groups.values()) builder.addObject(image, label, parts);
}

interface Place {
  readonly image: CocoImage;
  readonly where: string;
  readonly path: string;
}

/** The shape, or why its kind is left out. */
function partOf(shape: LabelmeShape, place: Place): ObjectShape | string {
  const { points } = shape;
  switch (shape.shape_type ?? 'polygon') {
    case 'polygon':
    case 'oriented_rectangle':
    // X-AnyLabeling's.
    case 'rotation':
    case 'quadrilateral':
      return points.length < 3 ? 'of fewer than 3 points' : { rings: [points.flat()] };
    case 'rectangle': {
      // X-AnyLabeling writes all four corners.
      if (points.length === 4) return { rings: [points.flat()] };
      const [first, second] = twoPoints(shape, place);
      return { rings: [rectangleRing(first, second)] };
    }
    case 'circle': {
      const [[x, y], [edgeX, edgeY]] = twoPoints(shape, place);
      const radius = Math.hypot(edgeX - x, edgeY - y);
      return { rings: [ellipseRing({ x, y, radiusX: radius, radiusY: radius })] };
    }
    case 'mask':
      return maskPart(shape, place);
    case 'line':
    case 'linestrip':
    case 'point':
    case 'points':
      return 'which have no area';
    default:
      throw wrong(place, `expected a shape_type of labelme, got ${JSON.stringify(shape.shape_type)}`);
  }
}

function maskPart(shape: LabelmeShape, place: Place): ObjectShape {
  const { path, where, image } = place;
  const [[left, top], [right, bottom]] = twoPoints(shape, place);
  if (!shape.mask) throw wrong(place, 'expected "mask", a PNG in base64, got none');
  const { width, height, values } = decodeLabelPng(
    Buffer.from(shape.mask, 'base64'),
    `${path}: ${where}.mask`,
  );
  const expected = {
    width: Math.trunc(right) - Math.trunc(left) + 1,
    height: Math.trunc(bottom) - Math.trunc(top) + 1,
  };
  if (width !== expected.width || height !== expected.height) {
    throw wrong(
      place,
      `expected a mask of ${expected.width}×${expected.height} between its points, got ${width}×${height}`,
    );
  }
  const placement = {
    size: [image.height, image.width] as const,
    left: Math.trunc(left),
    top: Math.trunc(top),
  };
  const bitmap = Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
  return { rle: encodeBitmap(bitmap, [height, width], placement) };
}

function twoPoints({ points, shape_type }: LabelmeShape, place: Place): [[number, number], [number, number]] {
  if (points.length !== 2) throw wrong(place, `expected 2 points of a ${shape_type}, got ${points.length}`);
  return [points[0], points[1]];
}

function wrong({ path, where }: Place, problem: string): InputError {
  return new InputError(path, `${where}: ${problem}`);
}
