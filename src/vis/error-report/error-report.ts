import sharp from 'sharp';
import { checkOptions } from '../../core/options.ts';
import type { AnalysedErrors } from '../../eval/analysed.ts';
import type { Picture } from '../../image/picture.ts';
import { type ErrorReportTexts, errorReportContent, errorReportDocument } from './error-report-content.ts';

export interface ErrorReportOptions extends ErrorReportTexts {
  /** Reads a picture that is shown; null if it is not available. Default: none is. */
  readonly pictureOf?: ((imageId: number) => Promise<Picture | null>) | undefined;
}

/**
 * Renders an error analysis as a single HTML file without scripts, which references nothing outside itself.
 * @param analysed From `analyseErrors`.
 * @throws UsageError where an option is unknown; whatever `pictureOf` throws.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { analyseErrors, decodePicture, readCocoDataset, renderErrorReport } from 'mask-rcnn';
 *
 * const dataset = await readCocoDataset('train.json');
 * const analysed = await analyseErrors({ groundTruth: dataset, results: 'results.json' });
 * const html = await renderErrorReport(analysed, {
 *   modelName: 'cells',
 *   dataName: 'train.json',
 *   version: '1.0.0',
 *   images: dataset.images,
 *   pictureOf: (imageId) => decodePicture(`pictures/${dataset.image(imageId)?.file_name}`),
 * });
 * await writeFile('report.html', html);
 * ```
 */
export async function renderErrorReport(
  analysed: AnalysedErrors,
  options: ErrorReportOptions,
): Promise<string> {
  checkOptions('renderErrorReport', options, {
    language: true,
    modelName: true,
    dataName: true,
    comparedName: true,
    version: true,
    images: true,
    pictureOf: true,
  });
  const { language = 'en', pictureOf } = options;
  const content = await errorReportContent(analysed, options, async (imageId, width, height) => {
    const picture = (await pictureOf?.(imageId)) ?? null;
    return picture && jpegOf(picture, width, height);
  });
  return errorReportDocument(content, language);
}

/** The picture in another size as a data URI. */
async function jpegOf({ width, height, data }: Picture, toWidth: number, toHeight: number): Promise<string> {
  const raw = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const jpeg = await raw.resize(toWidth, toHeight, { fit: 'fill' }).jpeg({ quality: 82 }).toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}
