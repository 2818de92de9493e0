import { encode } from 'fast-png';
import { UsageError } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import { eachStretch } from '../ops/rle/stretches.ts';
import { encodeGreyTiff } from './grey-tiff.ts';
import { labelFormats } from './label-formats.ts';
import type { ExportedPrediction } from './prediction-of-picture.ts';

export interface LabelOptions {
  /** Default `png`. */
  readonly format?: (typeof labelFormats)[number] | undefined;
}

/** The most labels of 16 bits. */
const most16 = 65_535;

/**
 * A label picture as a file: each pixel is 0 for the background or the number of its instance, counted from 1 in the
 * order of the instances. Where instances overlap, a pixel belongs to the first, which has the best score.
 * @returns A 16-bit PNG or TIFF file; with more than 65,535 instances a 32-bit TIFF, whatever the format.
 * @throws UsageError where an option is unknown or invalid.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { load, toLabels } from 'mask-rcnn';
 *
 * const model = await load('nuclei');
 * await writeFile('labels.png', toLabels(await model.predict('photo.jpg')));
 * await model.dispose();
 * ```
 */
export function toLabels(prediction: ExportedPrediction, options: LabelOptions = {}): Uint8Array {
  checkOptions('toLabels', options, { format: true });
  const { format = 'png' } = options;
  if (!labelFormats.includes(format)) {
    throw new UsageError(
      `toLabels: format must be ${labelFormats.join(' or ')}, got ${JSON.stringify(format)}`,
    );
  }
  const { width, height } = prediction;
  const data = labelPixels(prediction);
  if (format === 'tiff' || data instanceof Uint32Array) return encodeGreyTiff({ width, height, data });
  return encode({ width, height, data, depth: 16, channels: 1 });
}

/** Whether the labels of a prediction need a TIFF, since PNG has at most 16 bits. */
export function needsTiff({ instances }: Pick<ExportedPrediction, 'instances'>): boolean {
  return instances.length > most16;
}

/** `[height, width]` */
function labelPixels(prediction: ExportedPrediction): Uint16Array | Uint32Array {
  const { width, height, instances } = prediction;
  const pixels = needsTiff(prediction) ? new Uint32Array(width * height) : new Uint16Array(width * height);
  for (let index = instances.length - 1; index >= 0; index--) {
    const { mask } = instances[index];
    if (!mask) continue;
    eachStretch(mask.rle, (column, start, end) => {
      for (let row = start; row < end; row++) pixels[row * width + column] = index + 1;
    });
  }
  return pixels;
}
