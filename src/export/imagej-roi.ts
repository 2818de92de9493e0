import { joinBytes } from '../core/join-arrays.ts';
import { nineDigits } from '../core/nine-digits.ts';
import type { Contour } from '../ops/rle/contour.ts';
import { boundsOfRegions, rleToRegions } from '../ops/rle/regions.ts';
import { type OutlineOptions, toleranceOf } from '../ops/rle/tolerance.ts';
import { encodeZip } from '../weights/zip/writer.ts';
import type { ExportedInstance, ExportedPrediction } from './prediction-of-picture.ts';

/** ROI types of ImageJ (`ij/io/RoiDecoder.java`). */
const rectangle = 1;
const traced = 8;

const headerLength = 64;
/** Of the second header, which holds the name and the properties. */
const header2Length = 64;
const version = 228;

/** Coordinates of polygons are 16-bit numbers. */
const mostPoints = 65_535;

/** Segments of a path (`java.awt.geom.PathIterator`). */
const moveTo = 0;
const lineTo = 1;
const close = 4;

/**
 * The instances as an ImageJ ROI set, a zip archive that the ROI Manager of ImageJ and Fiji opens: one ROI per
 * instance, named by its number and class, with class and score as properties. A mask of one part without holes is a
 * traced selection, another one a composite; one without a mask is the rectangle of its box.
 * @throws UsageError where an option is unknown or invalid.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { load, toRois } from 'mask-rcnn';
 *
 * const model = await load('nuclei');
 * await writeFile('cells.rois.zip', await toRois(await model.predict('photo.jpg')));
 * await model.dispose();
 * ```
 */
export async function toRois(
  { instances }: ExportedPrediction,
  options: OutlineOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const tolerance = toleranceOf('toRois', options);
  const digits = String(instances.length).length;
  const files = instances.map((instance, index) => {
    // The ROI Manager shows the name of the entry; names beyond ASCII would need a flag that ImageJ does not read.
    const category = instance.category.name.replace(/[^\w. -]+/g, '_');
    const name = `${String(index + 1).padStart(digits, '0')}-${category}`;
    return { name: `${name}.roi`, read: async () => encodeRoi(instance, name, tolerance) };
  });
  const parts: Uint8Array[] = [];
  for await (const part of encodeZip(files)) parts.push(part);
  return joinBytes(parts);
}

/** One `.roi` file. */
function encodeRoi(instance: ExportedInstance, name: string, tolerance: number): Uint8Array {
  const { mask, box, category, score } = instance;
  const regions = mask ? rleToRegions(mask.rle, tolerance) : [];
  const single = regions.length === 1 && regions[0].holes.length === 0 ? regions[0].outer : null;
  const isPolygon = single !== null && single.length / 2 <= mostPoints;
  const path = isPolygon || regions.length === 0 ? [] : pathOf(regions);
  const bounds = boundsOf(regions, box);
  const points = isPolygon ? relativePoints(single, bounds) : new Uint8Array(0);
  const body = isPolygon ? points : floats(path);
  const header = new DataView(new ArrayBuffer(headerLength));
  'Iout'.split('').forEach((letter, i) => {
    header.setUint8(i, letter.charCodeAt(0));
  });
  header.setUint16(4, version);
  header.setUint8(6, isPolygon ? traced : rectangle);
  // Top, left, bottom, right.
  bounds.forEach((side, i) => {
    header.setUint16(8 + 2 * i, side);
  });
  header.setUint16(16, isPolygon ? single.length / 2 : 0);
  header.setUint32(36, path.length);
  header.setUint32(60, headerLength + body.length);
  const properties = `class: ${category.name.replaceAll('\n', ' ')}\nscore: ${nineDigits(score)}\n`;
  return joinBytes([
    new Uint8Array(header.buffer),
    body,
    ...secondHeader(headerLength + body.length, name, properties),
  ]);
}

/** Offsets and lengths of the name and the properties, then both in UTF-16. */
function secondHeader(offset: number, name: string, properties: string): Uint8Array[] {
  const header = new DataView(new ArrayBuffer(header2Length));
  const nameOffset = offset + header2Length;
  header.setUint32(16, nameOffset);
  header.setUint32(20, name.length);
  header.setUint32(40, nameOffset + 2 * name.length);
  header.setUint32(44, properties.length);
  return [new Uint8Array(header.buffer), utf16(name), utf16(properties)];
}

/** Top, left, bottom, right in whole pixels. */
function boundsOf(
  regions: readonly Contour[],
  [x1, y1, x2, y2]: ExportedInstance['box'],
): [number, number, number, number] {
  if (regions.length === 0) return [Math.round(y1), Math.round(x1), Math.round(y2), Math.round(x2)];
  const [left, top, right, bottom] = boundsOfRegions(regions);
  return [top, left, bottom, right];
}

/** All x, then all y, relative to the bounds. */
function relativePoints(ring: readonly number[], [top, left]: readonly number[]): Uint8Array {
  const count = ring.length / 2;
  const view = new DataView(new ArrayBuffer(4 * count));
  for (let i = 0; i < count; i++) {
    view.setUint16(2 * i, ring[2 * i] - left);
    view.setUint16(2 * (count + i), ring[2 * i + 1] - top);
  }
  return new Uint8Array(view.buffer);
}

/** The segments of a composite; its interior follows the even–odd rule. */
function pathOf(regions: readonly Contour[]): number[] {
  const path: number[] = [];
  for (const ring of regions.flatMap(({ outer, holes }) => [outer, ...holes])) {
    for (let i = 0; i < ring.length; i += 2) path.push(i === 0 ? moveTo : lineTo, ring[i], ring[i + 1]);
    path.push(close);
  }
  return path;
}

function floats(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value);
  });
  return new Uint8Array(view.buffer);
}

function utf16(text: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i));
  return new Uint8Array(view.buffer);
}
