import { basename } from 'node:path';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { plural } from '../../core/plural.ts';
import type { CocoData } from '../../data/coco/dataset.ts';
import { pictureAt } from '../../data/coco/picture-location.ts';
import type { AnalysedErrors } from '../../eval/analysed.ts';
import { analyseTables } from '../../score/analyse-tables.ts';
import { formatBytes } from '../terminal/format.ts';
import { note, print } from '../terminal/output.ts';
import { packageManifest } from '../terminal/package-manifest.ts';
import { withProgress } from '../terminal/progress.ts';
import { type EvalOptions, overridesOf } from './eval-options.ts';
import type { Evaluated } from './evaluated.ts';

/** Analyses one model or two, with progress on stderr. */
export function analyse(
  dataset: CocoData,
  evaluated: Evaluated,
  options: EvalOptions,
): Promise<AnalysedErrors> {
  const { compare, results, score } = evaluated;
  const pictures = dataset.images.length * (compare ? 2 : 1);
  return withProgress('analysing', { total: pictures, unit: 'pictures' }, (progress) => {
    const onPicture = (done: number) => {
      if (done % 100 === 0 || done === pictures) progress.update(done);
    };
    const type = options.type === 'bbox' ? 'bbox' : 'segm';
    return analyseTables(
      dataset,
      { results, score },
      { type, overrides: overridesOf(options), compare, onPicture },
    );
  });
}

/** What the JSON has besides the metrics. */
export function analysisJson({ analysis, compared }: AnalysedErrors): object {
  return {
    errors: analysis,
    ...(compared && { compare: { errors: compared.analysis, comparison: compared.comparison } }),
  };
}

/** Prints the best threshold, the costs of errors and the comparison. */
export async function printAnalysis(
  { analysis, compared }: AnalysedErrors,
  evaluated: Evaluated,
): Promise<void> {
  const { tide, best, current } = analysis;
  const costs = tide.errors
    .toSorted((a, b) => b.cost - a.cost)
    .map(({ kind, cost }) => `${kind} ${cost.toFixed(3)}`);
  await print(`Cost of errors in AP at IoU ${tide.foreground}: ${costs.join(', ')}`);
  if (best && current) {
    await print(
      `Best score threshold: ${best.threshold} (F1 ${best.f1.toFixed(3)}; at ${current.threshold} ${current.f1.toFixed(3)})`,
    );
  }
  const figure = compared?.comparison.AP;
  if (!compared || !figure) return;
  const { low, value, high } = figure.difference;
  const signed = (number: number) => `${number < 0 ? '' : '+'}${number.toFixed(3)}`;
  await print(
    `AP of ${evaluated.compare?.name}: ${figure.b.toFixed(3)}, ${signed(value)} (95 % interval ${signed(low)} to ${signed(high)}); ` +
      `higher in ${Math.round(100 * figure.better)} % of ${compared.comparison.samples} bootstrap samples`,
  );
}

interface ReportInput {
  readonly analysed: AnalysedErrors;
  readonly evaluated: Evaluated;
  readonly options: EvalOptions;
  /** The file to write. */
  readonly target: string;
}

/** Writes the report, with the pictures that can be read. */
export async function writeErrorReport(
  dataset: CocoData,
  { analysed, evaluated, options, target }: ReportInput,
): Promise<void> {
  const { decodePicture } = await import('../../image/decode.ts');
  const { renderErrorReport } = await import('../../vis/error-report/error-report.ts');
  const html = await renderErrorReport(analysed, {
    language: options.lang,
    modelName: evaluated.name,
    dataName: basename(dataset.source),
    comparedName: evaluated.compare?.name,
    version: packageManifest().version,
    images: dataset.images,
    pictureOf: async (imageId) => {
      const image = dataset.image(imageId);
      if (evaluated.pictures === undefined || image?.file_name === undefined) return null;
      const { path, choice } = pictureAt({ ...image, file_name: image.file_name }, evaluated.pictures);
      return decodePicture(path, choice);
    },
  });
  await writeAtomically(target, html);
  const line = `${target}: ${plural(analysed.analysis.pictures, 'picture')}, ${formatBytes(Buffer.byteLength(html))}`;
  if (options.json === '-') note(line);
  else await print(line);
}
