import { dirname } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { coordinateRange, isCoordinate } from '../../core/picture-limits.ts';
import { preview } from '../coco/problems.ts';
import type { Converted, Converter, ConvertOptions } from './converter.ts';
import { DatasetBuilder } from './dataset-builder.ts';
import { PictureFolder, sortKey } from './files.ts';
import { ellipseRing, rectangleRing } from './shapes.ts';
import { readVia, type ViaFile, type ViaRegion } from './via-file.ts';

/**
 * VGG Image Annotator 2 (and 1): shapes cover the same area as in its own COCO export
 * (`via_region_shape_to_coco_annotation` of via-2.x), with finer curves. The category is the value of one
 * region attribute; an option's id is replaced by its text. The format does not store picture sizes.
 */
export const via: Converter = {
  format: 'via',
  summary: 'VGG Image Annotator 2: a project, or annotations exported as JSON or CSV',
  input: 'a .json or .csv file',
  picturesIn: 'the folder that contains INPUT',
  uses: ['category', 'label'],
  convert,
};

async function convert(input: string, options: ConvertOptions): Promise<Converted> {
  const annotated = await readVia(input);
  const pictures = await PictureFolder.open(options.images ?? dirname(input));
  const categories = new Categories(annotated, { input, ...options });
  const builder = new DatasetBuilder(input, 'converted from VGG Image Annotator');
  const found = annotated.pictures.map((picture) => ({
    ...picture,
    found: pictures.find(picture.filename, input),
  }));
  found.sort((a, b) => (sortKey(a.found) < sortKey(b.found) ? -1 : 1));
  for (const [index, picture] of found.entries()) {
    if ('problem' in picture.found) {
      builder.leaveOut(picture.found);
      continue;
    }
    const { file } = picture.found;
    const image = builder.addImage(file, await pictures.size(file));
    for (const [number, region] of picture.regions.entries()) {
      const source = `${input}: ${picture.filename}, region ${number}`;
      const ring = ringOf(region, source);
      const category = categories.of(region, source);
      if (ring === undefined) builder.skip(`${region.shape_attributes.name} regions, which have no area`);
      else if (ring.length < 6) builder.skip('polygon regions of fewer than 3 points');
      else if (category === undefined) builder.skip(`regions without a value of ${categories.attribute}`);
      else builder.addObject(image, category, [{ rings: [ring] }]);
    }
    options.onProgress?.(index + 1, found.length);
  }
  return builder.build(categories.list());
}

/** Undefined if the shape has no area. */
function ringOf({ shape_attributes: shape }: ViaRegion, source: string): number[] | undefined {
  // VIA 1 wrote numbers as text.
  const at = (key: string) => coordinate(shape[key], `${source}: ${key}`);
  switch (shape.name) {
    case 'rect':
      return rectangleRing([at('x'), at('y')], [at('x') + at('width'), at('y') + at('height')]);
    case 'circle':
      return ellipseRing({ x: at('cx'), y: at('cy'), radiusX: at('r'), radiusY: at('r') });
    case 'ellipse': {
      const rotation = shape.theta === undefined ? 0 : at('theta');
      return ellipseRing({ x: at('cx'), y: at('cy'), radiusX: at('rx'), radiusY: at('ry'), rotation });
    }
    case 'polygon':
      return polygonRing(shape, source);
    case 'polyline':
    case 'point':
      return undefined;
    default:
      throw new InputError(source, `expected a shape of VIA, got ${preview(shape.name)}`);
  }
}

function polygonRing(
  { all_points_x: xs, all_points_y: ys }: Record<string, unknown>,
  source: string,
): number[] {
  if (!Array.isArray(xs) || !Array.isArray(ys) || xs.length !== ys.length) {
    const got = `${preview(xs)} and ${preview(ys)}`;
    throw new InputError(source, `expected all_points_x and all_points_y of equal length, got ${got}`);
  }
  return xs.flatMap((x, i) => [
    coordinate(x, `${source}: all_points_x`),
    coordinate(ys[i], `${source}: all_points_y`),
  ]);
}

function coordinate(value: unknown, source: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (!isCoordinate(number))
    throw new InputError(source, `expected ${coordinateRange}, got ${preview(value)}`);
  return number;
}

/** Determines the category of a region. */
class Categories {
  /** The region attribute that holds the category; undefined if regions have no attributes. */
  readonly attribute: string | undefined;
  readonly #texts: ReadonlyMap<string, string> | undefined;
  readonly #single: string;

  constructor(file: ViaFile, { input, label, category }: { input: string } & ConvertOptions) {
    const regions = file.pictures.flatMap((picture) => picture.regions);
    const names = [...new Set(regions.flatMap(({ region_attributes }) => Object.keys(region_attributes)))];
    if (label !== undefined && !names.includes(label)) {
      throw new InputError(input, `expected a region attribute ${label}, got ${names.join(', ') || 'none'}`);
    }
    if (label === undefined && names.length > 1) {
      throw new InputError(
        input,
        `expected one region attribute, got ${names.join(', ')}: name the one that holds the category (--label)`,
      );
    }
    this.attribute = label ?? names[0];
    this.#texts = file.options.get(this.attribute ?? '');
    this.#single = category ?? 'object';
  }

  /**
   * Undefined for a region whose attribute has no value.
   * @throws InputError if it has several, or one that the project does not list.
   */
  of({ region_attributes }: ViaRegion, source: string): string | undefined {
    if (this.attribute === undefined) return this.#single;
    const values = valuesOf(ownValue(region_attributes, this.attribute));
    if (values.length > 1) {
      throw new InputError(
        source,
        `expected one value of the attribute ${this.attribute}, got ${values.join(', ')}`,
      );
    }
    const [value] = values;
    if (value === undefined) return undefined;
    if (this.#texts === undefined) return value;
    const text = this.#texts.get(value);
    if (text !== undefined) return text;
    const known = [...this.#texts.keys()].join(', ');
    throw new InputError(
      source,
      `expected one of the options of ${this.attribute} (${known}), got ${preview(value)}`,
    );
  }

  /** The options in the project's order; undefined if there is no list. */
  list(): string[] | undefined {
    if (this.#texts === undefined) return undefined;
    return [...new Set(this.#texts.values())].filter((text) => text.trim() !== '');
  }
}

/** `constructor` and the like can be names of attributes, but are not attributes of every region. */
function ownValue(attributes: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

/** A text or radio attribute is a string (a number in files of scripts), a checkbox attribute an object `{ option: true }`. */
function valuesOf(value: unknown): string[] {
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([option, isTicked]) => (isTicked === true ? [option] : []));
}
