import { Command } from 'commander';
import type { ModelConfig } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import { readCocoDataset } from '../data/coco/coco.ts';
import { load } from '../predict/load/node.ts';
import { datasetIds, ownIds, type ResultIds } from '../score/dataset-ids.ts';
import { ReportedFailure } from './failure.ts';
import { modelFile, offlineOption, scoreOption } from './model-argument.ts';
import { note } from './output.ts';
import { picturesDone } from './outputs/ndjson.ts';
import { findPictures } from './pictures.ts';
import { predictPictures } from './predict-pictures.ts';
import { addResultOptions, prepareOutputs, type ResultOptions, writesToStdout } from './result-options.ts';

interface PredictCommandOptions extends ResultOptions {
  model: string;
  score?: number;
  data?: string;
  offline?: true;
}

/** `mask-rcnn predict`: finds the instances in pictures. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .summary('find the objects in pictures')
    .description(
      'Finds the objects in pictures and writes overlay pictures, COCO results, tables, label pictures and other forms; ' +
        'prints one line per picture, except where results go to stdout. Pictures that cannot be read are reported and skipped.',
    )
    .argument('<picture...>', "files, folders, or patterns such as 'photos/**/*.jpg'")
    .requiredOption('-m, --model <name|file>', 'a name that `mask-rcnn models` lists, or a model file')
    .addOption(scoreOption())
    .option(
      '-d, --data <coco.json>',
      "take image and category ids from this data set, and leave out pictures that it does not list (default: positions from 0, and the model's category ids)",
    )
    .addOption(offlineOption());
  return addResultOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn predict street.jpg --model maskrcnn_resnet50_fpn_v2_coco --out overlays
  mask-rcnn predict photos --model cells.safetensors --score 0.05 --json results.json
  mask-rcnn predict slides --model nuclei --csv cells.csv --pixel-size 0.32um --rois rois`,
    )
    .action(predictAction);
}

async function predictAction(args: string[], options: PredictCommandOptions): Promise<void> {
  const paths = await findPictures(args);
  const outputsFor = await prepareOutputs(options, paths, [options.data, options.model]);
  const done = options.resume && options.ndjson ? await picturesDone(options.ndjson, options.model) : null;
  const model = await load(await modelFile(options.model, options.offline));
  try {
    const { ids, categories } = await idsFor(options.data, model.config);
    const listed = identify(paths, ids, options.data);
    const pictures = new Map([...listed].filter(([path]) => !done?.has(path)));
    if (done) note(`${options.ndjson}: ${plural(listed.size - pictures.size, 'picture')} already done`);
    const work = { pictures, model, score: options.score, summaries: !writesToStdout(options) };
    let failed = 0;
    await outputsFor({ ids, categories, model: options.model })(async (sink) => {
      failed = await predictPictures(work, sink);
    });
    if (failed > 0) throw new ReportedFailure(`${failed} of ${pictures.size} failed`);
  } finally {
    await model.dispose();
  }
}

/** The pictures that the data set lists; the others are counted on stderr. */
function identify(
  paths: readonly string[],
  ids: Pick<ResultIds, 'imageId'>,
  dataFile: string | undefined,
): Map<string, number> {
  const pictures = new Map<string, number>();
  paths.forEach((path, position) => {
    const id = ids.imageId(path, position);
    if (id !== null) pictures.set(path, id);
  });
  const skipped = paths.length - pictures.size;
  if (dataFile !== undefined && pictures.size === 0) {
    throw new InputError(dataFile, `does not list the ${plural(skipped, 'picture')} given`);
  }
  if (skipped > 0) note(`${plural(skipped, 'picture')} not in ${dataFile}, left out`);
  return pictures;
}

/** The ids of pictures and categories in results, and the categories that they refer to. */
async function idsFor(dataFile: string | undefined, { categories }: ModelConfig) {
  if (dataFile === undefined) return { ids: ownIds, categories };
  // Annotations do not affect ids, so their problems do not matter here.
  const dataset = await readCocoDataset(dataFile, { onMalformed: () => {} });
  return { ids: datasetIds(dataset, categories), categories: dataset.categories };
}
