import { UsageError } from '../core/errors.ts';
import { nineDigits } from '../core/nine-digits.ts';
import { checkList, checkOptions } from '../core/options.ts';
import { givenPicture } from '../image/given-picture.ts';
import type { Picture } from '../image/picture.ts';
import { regionPixels } from '../ops/rle/region-pixels.ts';
import { onePixel, type PixelSize, parsePixelSize } from './pixel-size.ts';
import type { ExportedInstance, PicturePrediction } from './prediction-of-picture.ts';
import { regionIntensity, regionProperties } from './region-properties.ts';

export interface CsvOptions {
  /** Side of a pixel with its unit, such as `0.32um`: lengths and areas are then in this unit. Default: in pixels. */
  readonly pixelSize?: string | undefined;
}

/** The columns in order; measures are named as by scikit-image's `regionprops_table`. */
export const csvColumns = [
  'picture',
  'label',
  'class',
  'score',
  'unit',
  'area',
  'perimeter',
  'centroid-0',
  'centroid-1',
  'bbox-0',
  'bbox-1',
  'bbox-2',
  'bbox-3',
  'axis_major_length',
  'axis_minor_length',
  'orientation',
  'eccentricity',
  'solidity',
  'circularity',
  'intensity_mean',
  'intensity_min',
  'intensity_max',
] as const;

type Cells = Partial<Record<(typeof csvColumns)[number], string | number>>;

/**
 * Measures of every instance as CSV (RFC 4180) with a header, one row per instance. `label` counts the instances of a
 * picture from 1, as the pixels of `toLabels` do. Definitions are those of scikit-image's `regionprops`; `bbox` is in
 * pixels in any case. Cells are empty where a value does not exist: measures of shape without a mask, intensities
 * without `picture`.
 * @throws UsageError where no list is given, an option is unknown or invalid, or a picture is not decoded, invalid or of another size than
 *   its prediction.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { decodePicture, load, toCsv } from 'mask-rcnn';
 *
 * const model = await load('nuclei');
 * const name = 'photo.jpg';
 * const prediction = await model.predict(name);
 * const csv = toCsv([{ name, prediction, picture: await decodePicture(name) }], { pixelSize: '0.32um' });
 * await writeFile('cells.csv', csv);
 * await model.dispose();
 * ```
 */
export function toCsv(predictions: Iterable<PicturePrediction>, options: CsvOptions = {}): string {
  checkList('toCsv', predictions, 'predictions with the names of their pictures');
  checkOptions('toCsv', options, { pixelSize: true });
  const size =
    options.pixelSize === undefined ? onePixel : parsePixelSize(options.pixelSize, 'toCsv: pixelSize');
  return csvHeader() + Array.from(predictions, (prediction) => csvRows(prediction, size)).join('');
}

/** The line of column names. */
export function csvHeader(): string {
  return `${csvColumns.join(',')}\r\n`;
}

/**
 * The lines of one picture.
 * @throws UsageError where the picture is not decoded, invalid or of another size than the prediction.
 */
export function csvRows(pictured: PicturePrediction, size: PixelSize): string {
  const { name, prediction } = pictured;
  const picture = pictureOf(pictured);
  return prediction.instances
    .map((instance, index) => {
      const { category, score } = instance;
      const cells: Cells = {
        picture: name,
        label: index + 1,
        class: category.name,
        score: nineDigits(score),
        unit: size.unit,
        ...measures(instance, picture, size.length),
      };
      return `${csvColumns.map((column) => cell(cells[column])).join(',')}\r\n`;
    })
    .join('');
}

function pictureOf({ name, prediction, picture }: PicturePrediction): Picture | undefined {
  if (picture === undefined) return undefined;
  const decoded = givenPicture(picture);
  if (decoded.width !== prediction.width || decoded.height !== prediction.height) {
    throw new UsageError(
      `${name}: the prediction is of ${prediction.width}×${prediction.height} pixels, the picture ${decoded.width}×${decoded.height}`,
    );
  }
  return decoded;
}

function measures({ mask, box }: ExportedInstance, picture: Picture | undefined, length: number): Cells {
  const region = mask && regionPixels(mask.rle);
  if (!region) return { 'bbox-0': box[1], 'bbox-1': box[0], 'bbox-2': box[3], 'bbox-3': box[2] };
  const { area, perimeter, centroid, bbox, axisMajorLength, axisMinorLength, ...ratios } =
    regionProperties(region);
  const intensity = picture && regionIntensity(region, picture);
  return {
    area: area * length ** 2,
    perimeter: perimeter * length,
    'centroid-0': centroid[0] * length,
    'centroid-1': centroid[1] * length,
    'bbox-0': bbox[0],
    'bbox-1': bbox[1],
    'bbox-2': bbox[2],
    'bbox-3': bbox[3],
    axis_major_length: axisMajorLength * length,
    axis_minor_length: axisMinorLength * length,
    ...ratios,
    ...(intensity && {
      intensity_mean: intensity.mean,
      intensity_min: intensity.min,
      intensity_max: intensity.max,
    }),
  };
}

function cell(value: string | number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  if (typeof value === 'number') return String(value);
  // A spreadsheet would run a text that begins with these as a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
