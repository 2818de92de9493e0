import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { plural } from '../../core/plural.ts';
import type { Explanation } from '../../explanation/explanation.ts';
import { decodePicture } from '../../image/decode.ts';
import type { Picture } from '../../image/picture.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import { AbsentRoi } from '../../predict/explain/focus-choice.ts';
import { loadExplainer } from '../../predict/load/node.ts';
import { renderReport } from '../../vis/report/report.ts';
import { isSourceUrl } from '../../vis/report/step-sources.ts';
import { type Language, languages } from '../../vis/report/text.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { modelFile, modelOption, offlineOption } from '../options/model-argument.ts';
import { count } from '../options/option-values.ts';
import { addPlaneOptions } from '../options/plane-options.ts';
import {
  addPredictionOptions,
  choicesOf,
  type PredictionOptions,
  tileOptionNames,
} from '../options/prediction-options.ts';
import { formatBytes } from '../terminal/format.ts';
import { print, writeJson } from '../terminal/output.ts';
import { packageManifest } from '../terminal/package-manifest.ts';
import { annotatedObjects } from './explain-truth.ts';

interface ExplainCommandOptions extends PredictionOptions, PlaneChoice {
  model: string;
  out: string;
  lang: Language;
  instance?: number;
  truth?: string;
  json?: string;
  sourceUrl?: string;
  offline?: true;
}

/** `mask-rcnn explain`: writes a report on the output of every stage for a picture. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .summary('explain every stage of the model on a picture')
    .description(
      'Writes one HTML file that explains Mask R-CNN on a picture: feature maps, anchors, proposals, RoIAlign ' +
        "compared with RoIPool, class scores, mask logits and the pasted mask, with the model's actual numbers. It works offline.",
    )
    .argument('<picture>', 'a picture file')
    .addOption(modelOption())
    .requiredOption('-o, --out <report.html>', 'the report to write')
    .addOption(
      new Option('-l, --lang <language>', 'language of the report')
        .choices(Object.keys(languages))
        .default('en'),
    )
    .option(
      '-i, --instance <n>',
      'the object to use as the example, counted from 1 by descending score (default: an instructive one)',
      count,
    )
    .option(
      '-t, --truth <coco.json>',
      'a COCO file that annotates the picture, to show what training would sample and learn',
    )
    .option('-j, --json <file>', "write the recorded numbers as JSON too; '-' for stdout")
    .option(
      '--source-url <url>',
      'where the source tree of this package can be read: the file names in the report link there',
      sourceUrl,
    )
    .addOption(offlineOption());
  return addPlaneOptions(addPredictionOptions(command, tileOptionNames), { canTakeAll: false })
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn explain street.jpg --out report.html
  mask-rcnn explain cells.png --model nuclei --lang zh --instance 3 --out report.zh.html`,
    )
    .action(explainAction);
}

function sourceUrl(text: string): string {
  if (!isSourceUrl(text))
    throw new InvalidArgumentError('Expected a URL that begins with https:, http: or file:.');
  return text;
}

async function explainAction(path: string, options: ExplainCommandOptions): Promise<void> {
  await refuseOverwriting(
    [
      { option: '--out', path: options.out },
      { option: '--json', path: options.json },
    ],
    [path, options.truth, options.model],
  );
  const { page, channel } = options;
  const picture = await decodePicture(path, { page, channel });
  const explanation = await explain(path, picture, options);
  const html = await renderReport(picture, explanation, {
    language: options.lang,
    pictureName: basename(path),
    modelName: basename(options.model),
    version: packageManifest().version,
    sourceUrl: options.sourceUrl,
  });
  await writeAtomically(options.out, html);
  if (options.json !== undefined) await writeJson(options.json, explanation);
  if (options.json !== '-') {
    const found = plural(explanation.detections.instances.length, 'instance');
    await print(`${options.out}: ${found}, ${formatBytes(Buffer.byteLength(html))}`);
  }
}

async function explain(path: string, picture: Picture, options: ExplainCommandOptions): Promise<Explanation> {
  const { model, offline, threads, device, instance, truth, page, channel } = options;
  const explainer = await loadExplainer(await modelFile(model, offline), { threads, device });
  try {
    return await explainer.explain(picture, {
      ...choicesOf(options, explainer.config.categories),
      ...(truth === undefined
        ? {}
        : {
            truth: await annotatedObjects(
              truth,
              { path, choice: { page, channel } },
              picture,
              explainer.config.categories,
            ),
          }),
      ...(instance === undefined ? {} : { instance: instance - 1 }),
    });
  } catch (error) {
    throw error instanceof AbsentRoi ? new UsageError(error.fromOne, { cause: error }) : error;
  } finally {
    await explainer.dispose();
  }
}
