import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { ModelConfig } from '../config/schema.ts';
import { InputError, messageOf } from '../core/errors.ts';
import { makeFolder } from '../core/node/make-folder.ts';
import { plural } from '../core/plural.ts';
import { openDataset } from '../data/coco/open-dataset.ts';
import { load } from '../predict/load/node.ts';
import { datasetIds, ownIds, type ResultIds } from '../score/dataset-ids.ts';
import { ReportedFailure } from './failure.ts';
import { modelFile, offlineOption } from './model-argument.ts';
import { note } from './output.ts';
import { overlayPaths } from './overlay-paths.ts';
import { refuseOverwriting } from './overwrite.ts';
import { picturesHelp, recursiveOption } from './picture-arguments.ts';
import { findPictures, type GivenPicture } from './pictures.ts';
import { addPlaneOptions, chosenPages, type GivenPage, type PlaneOptions } from './plane-options.ts';
import { type PictureWork, predictPictures } from './predict-pictures.ts';
import { addPredictionOptions, choicesOf, type PredictionOptions } from './prediction-options.ts';
import { type ResultSink, writeResults } from './results.ts';

interface PredictCommandOptions extends PredictionOptions, PlaneOptions {
  model: string;
  out?: string;
  json?: string;
  data?: string;
  recursive?: true;
  overlayScale?: number | 'auto';
  offline?: true;
}

/** `mask-rcnn predict`: finds the instances in pictures. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .summary('find the objects in pictures')
    .description(
      'Finds the objects in pictures and writes overlay pictures and COCO results; prints one line per picture, except with --json -. Pictures ' +
        'that cannot be read are reported and skipped.',
    )
    .argument('<picture...>', picturesHelp)
    .requiredOption('-m, --model <name|file>', 'a name that `mask-rcnn models` lists, or a model file')
    .addOption(recursiveOption())
    .option(
      '-o, --out <folder>',
      'write an overlay PNG for each picture here, in the subfolder that the picture has',
    )
    .option(
      '--overlay-scale <n>',
      'size of overlays relative to their pictures; auto enlarges small pictures up to four times (default: 1)',
      scale,
    )
    .option('-j, --json <file>', "write the instances as a COCO results array; '-' for stdout")
    .option(
      '-d, --data <coco.json>',
      "take image and category ids from this data set, and leave out pictures that it does not list (default: positions from 0, and the model's category ids)",
    )
    .addOption(offlineOption());
  return addPlaneOptions(addPredictionOptions(command), { canTakeAll: true })
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn predict street.jpg --model maskrcnn_resnet50_fpn_v2_coco --out overlays
  mask-rcnn predict photos --model cells.safetensors --score 0.05 --json results.json`,
    )
    .action(predictAction);
}

async function predictAction(args: string[], options: PredictCommandOptions): Promise<void> {
  const found = await findPictures(args, { recursive: options.recursive, onNote: note });
  await refuseOverwriting(
    [{ option: '--json', path: options.json }],
    [...found.map(({ path }) => path), options.data, options.model],
  );
  const given = await chosenPages(found, options);
  const overlays = options.out === undefined ? undefined : await prepareOverlays(given, options.out);
  const model = await load(await modelFile(options.model, options.offline), { threads: options.threads });
  try {
    const ids = await idsFor(options.data, model.config);
    const pictures = identify(given, { ids, dataFile: options.data, overlays });
    const choices = choicesOf(options, model.config.categories);
    const { json, overlayScale } = options;
    const work = { pictures, model, ids, overlayScale, choices, summaries: json !== '-' };
    let failed = 0;
    const produce = async (sink: ResultSink) => {
      failed = await predictPictures(work, sink);
    };
    if (options.json === undefined) await produce(async () => {});
    else await writeResults(options.json, produce);
    if (failed > 0) throw new ReportedFailure(`${failed} of ${pictures.length} failed`);
  } finally {
    await model.dispose();
  }
}

interface Identification {
  readonly ids: ResultIds;
  readonly dataFile: string | undefined;
  /** A file for each picture; undefined if none are wanted. */
  readonly overlays: readonly string[] | undefined;
}

/** The pictures that the data set lists; the others are counted on stderr. */
function identify(given: readonly GivenPage[], { ids, dataFile, overlays }: Identification): PictureWork[] {
  const pictures = given.flatMap((picture, position): PictureWork[] => {
    const imageIds = ids.imageIds(picture.path, position);
    return imageIds.length === 0 ? [] : [{ ...picture, imageIds, overlay: overlays?.[position] }];
  });
  const skipped = given.length - pictures.length;
  if (dataFile !== undefined && pictures.length === 0) {
    throw new InputError(dataFile, `does not list the ${plural(skipped, 'picture')} given`);
  }
  if (skipped > 0) note(`${plural(skipped, 'picture')} not in ${dataFile}, left out`);
  return pictures;
}

async function prepareOverlays(pictures: readonly GivenPicture[], folder: string): Promise<string[]> {
  const paths = await overlayPaths(pictures, folder);
  for (const parent of new Set([folder, ...paths.map((path) => dirname(path))])) {
    await makeFolder(parent);
  }
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw new InputError(folder, `cannot be written to (${messageOf(error)})`, { cause: error });
  });
  return paths;
}

async function idsFor(dataFile: string | undefined, { categories }: ModelConfig): Promise<ResultIds> {
  if (dataFile === undefined) return ownIds;
  // Annotations do not affect ids, so their problems do not matter here.
  return datasetIds(await openDataset(dataFile, { onMalformed: () => {} }), categories);
}

/** Option value: a whole number of at least 1, or `auto`. */
function scale(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 16)
    throw new InvalidArgumentError('Expected a whole number from 1 to 16, or auto.');
  return value;
}
