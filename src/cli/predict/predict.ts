import { Command } from 'commander';
import type { ModelConfig } from '../../config/schema.ts';
import { InputError, messageOf, UsageError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { load } from '../../predict/load/node.ts';
import type { FailedLine } from '../../predict/result-line.ts';
import { listHash, parseShard, type Shard, shardHeader, shardSpan } from '../../queue/shards.ts';
import { requireSharedCategory } from '../../score/categories.ts';
import { datasetIds, ownIds, type ResultIds } from '../../score/dataset-ids.ts';
import { findPictures } from '../files/pictures.ts';
import { modelFile, modelOption, offlineOption } from '../options/model-argument.ts';
import { picturesHelp, recursiveOption } from '../options/picture-arguments.ts';
import { addPlaneOptions, chosenPages, type GivenPage, type PlaneOptions } from '../options/plane-options.ts';
import { addPredictionOptions, choicesOf, type PredictionOptions } from '../options/prediction-options.ts';
import { endReported } from '../terminal/failure.ts';
import { note } from '../terminal/output.ts';
import { changingOptions } from './outputs/continued-options.ts';
import { picturesDone } from './outputs/ndjson.ts';
import { titleOf } from './outputs/picture-result.ts';
import { type PictureWork, predictPictures } from './predict-pictures.ts';
import {
  addResultOptions,
  optionsWithIds,
  prepareOutputs,
  type ResultOptions,
  writesToStdout,
} from './result-options.ts';

interface PredictCommandOptions extends PredictionOptions, PlaneOptions, ResultOptions {
  model: string;
  data?: string;
  shard?: Shard;
  recursive?: true;
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
    .argument('<picture...>', picturesHelp)
    .addOption(modelOption())
    .addOption(recursiveOption())
    .option(
      '-d, --data <coco.json>',
      "take image and category ids from this data set, and leave out pictures that it does not list (default: positions from 0, and the model's category ids)",
    )
    .option(
      '--shard <i/n>',
      'predict the i-th of n parts of the pictures only, on each of n machines; `mask-rcnn collect` merges the files of --ndjson',
      parseShard,
    )
    .addOption(offlineOption());
  addPlaneOptions(addPredictionOptions(command), { canTakeAll: true });
  return addResultOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn predict street.jpg --out overlays
  mask-rcnn predict street.jpg --model maskrcnn_resnet50_fpn_v2_coco --out overlays
  mask-rcnn predict pictures --model cells.safetensors --score 0 --json results.json
  mask-rcnn predict slides --model nuclei --csv cells.csv --pixel-size 0.32um --rois rois
  mask-rcnn predict slide.tif --model nuclei --tile auto --json results.json`,
    )
    .action(predictAction);
}

async function predictAction(args: string[], options: PredictCommandOptions): Promise<void> {
  if (options.shard && options.data !== undefined && options.ndjson !== undefined)
    throw new UsageError('--shard with --ndjson numbers the pictures from 0; leave out --data');
  const found = await findPictures(args, { recursive: options.recursive, onNote: note });
  const given = await chosenPages(found, options);
  const outputsFor = await prepareOutputs(options, given, [options.data, options.model]);
  const { shard: part, ndjson } = options;
  const changing = changingOptions(options);
  const header =
    part &&
    shardHeader(part, given.length, options.model, {
      list: listHash(given.map(({ path, choice }) => ({ path, page: choice.page }))),
      options: changing,
    });
  const model = await load(await modelFile(options.model, options.offline), {
    threads: options.threads,
    device: options.device,
  });
  try {
    const { ids, categories } = await idsFor(options, model.config);
    const named = model.config.categories.map(
      (category) => [category.name, ids.categoryId(category)] as const,
    );
    const all = identify(given, ids, options.data);
    const run = {
      model: options.model,
      shard: header,
      options: changing,
      imageIds: new Map(all.map((picture) => [titleOfWork(picture), picture.imageIds[0]])),
      categoryIds: new Map(named),
    };
    const done = options.resume && ndjson ? await picturesDone(ndjson, run) : null;
    const listed = partOf(all, options.shard);
    const pictures = listed.filter((picture) => !done?.has(titleOfWork(picture)));
    if (done) note(`${options.ndjson}: ${plural(listed.length - pictures.length, 'picture')} already done`);
    const choices = choicesOf(options, model.config.categories);
    const shard = header && { header, failed: [] as FailedLine[] };
    const onFailed = ({ path, choice, position }: PictureWork, error: unknown) => {
      const place = { file_name: path, page: choice.page, image_id: position, model: options.model };
      shard?.failed.push({ ...place, error: messageOf(error) });
    };
    const work = { pictures, model, choices, summaries: !writesToStdout(options), onFailed };
    let failed = 0;
    const context = { ids, categories, model: options.model, options: changing, data: options.data, shard };
    await outputsFor(context)(async (sink) => {
      failed = await predictPictures(work, sink);
    });
    endReported(failed, pictures.length);
  } finally {
    await model.dispose();
  }
}

function titleOfWork({ path, choice }: PictureWork): string {
  return titleOf({ path, page: choice.page });
}

/** The pictures of a shard; without one, all. */
function partOf(pictures: PictureWork[], shard: Shard | undefined): PictureWork[] {
  if (shard === undefined) return pictures;
  const { start, count } = shardSpan(shard, pictures.length);
  return pictures.slice(start, start + count);
}

/** The pictures that the data set lists; the others are counted on stderr. */
function identify(
  given: readonly GivenPage[],
  ids: Pick<ResultIds, 'imageIds'>,
  dataFile: string | undefined,
): PictureWork[] {
  const pictures = given.flatMap(({ path, choice }, position): PictureWork[] => {
    const imageIds = ids.imageIds(path, position, choice);
    return imageIds.length === 0 ? [] : [{ position, path, choice, imageIds }];
  });
  const skipped = given.length - pictures.length;
  if (dataFile !== undefined && pictures.length === 0) {
    throw new InputError(dataFile, `does not list the ${plural(skipped, 'picture')} given`);
  }
  if (skipped > 0) note(`${plural(skipped, 'picture')} not in ${dataFile}, left out`);
  return pictures;
}

/**
 * The ids of pictures and categories in results, and the categories that they refer to.
 * @throws InputError where results should have the ids of a data set that has none of the model's categories.
 */
async function idsFor(options: PredictCommandOptions, { categories }: ModelConfig) {
  const { data: dataFile } = options;
  if (dataFile === undefined) return { ids: ownIds, categories };
  const { openDataset } = await import('../../data/coco/open-dataset.ts');
  // Annotations do not affect ids, so their problems do not matter here.
  const dataset = await openDataset(dataFile, { onMalformed: () => {} });
  if (optionsWithIds(options).length > 0) requireSharedCategory(dataFile, dataset.categories, categories);
  return { ids: datasetIds(dataset, categories), categories: dataset.categories };
}
