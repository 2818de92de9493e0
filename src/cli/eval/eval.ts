import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import type { ModelConfig } from '../../config/schema.ts';
import { InputError, UsageError } from '../../core/errors.ts';
import { isFile } from '../../core/node/is-file.ts';
import { plural } from '../../core/plural.ts';
import type { CocoData } from '../../data/coco/dataset.ts';
import { openDataset } from '../../data/coco/open-dataset.ts';
import { checkFrames, type PictureFile, pictureFiles, sourceOf } from '../../data/coco/picture-files.ts';
import type { PictureLocation } from '../../data/coco/picture-location.ts';
import { readCocoResults } from '../../data/coco/results.ts';
import type { ResultsTable } from '../../data/coco/results-table.ts';
import type { OperatingPoint } from '../../eval/threshold-curves.ts';
import type { PictureSource } from '../../image/picture-source.ts';
import { type PlaneChoice, titleOfPlane } from '../../image/plane-choice.ts';
import { readDefaultScore, writeDefaultScore } from '../../model-file/default-score.ts';
import { readModelConfig } from '../../model-file/model-file.ts';
import type { PredictionChoices } from '../../predict/choices.ts';
import { load } from '../../predict/load/node.ts';
import type { Model } from '../../predict/model.ts';
import { resultEntries } from '../../predict/result-entry.ts';
import { lackedCategories, requireSharedCategory } from '../../score/categories.ts';
import { categoryIds } from '../../score/dataset-ids.ts';
import { requireSegmentations } from '../../score/eval-truth.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { hashedModel } from '../options/hashed-model.ts';
import { modelFile, offlineOption, requiredModelOption } from '../options/model-argument.ts';
import { addPlaneOptions } from '../options/plane-options.ts';
import {
  addPredictionOptions,
  choicesOf,
  type PredictionOptions,
  requireNoComputeOptions,
} from '../options/prediction-options.ts';
import { addQueueOption } from '../queue/queue-options.ts';
import { describeFailure, endReported } from '../terminal/failure.ts';
import { nameBeside } from '../terminal/format.ts';
import { LimitNote, limitOf } from '../terminal/limit-note.ts';
import { note, warn } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { analysingOptions } from './analysing-options.ts';
import { addEvalOptions, type EvalOptions, evalOutputs } from './eval-options.ts';
import { type EvalQueueOptions, predictOnQueue } from './eval-queue.ts';
import { checkEvalOptions, reportEvaluation } from './eval-report.ts';
import { evalSemantic, isSemanticModel } from './eval-semantic.ts';
import { ResultCache } from './result-cache.ts';

interface EvalCommandOptions extends EvalOptions, Omit<PredictionOptions, 'score'>, PlaneChoice {
  model: string;
  data: string;
  images: string;
  dt?: string;
  queue?: string;
  queueOut?: string;
  offline?: true;
}

/** `mask-rcnn eval`: predicts the pictures of a data set and scores the results. */
export function evalCommand(): Command {
  const command = new Command('eval')
    .summary('predict a data set and score the results')
    .description(
      "Runs a model on every picture of a COCO data set and scores the results with COCO's metrics. Every detection " +
        'that the model keeps is scored (box.scoreThreshold, 0.05 in most), not only those that predict shows. For an FCN it prints mean IoU and pixel accuracy instead.',
    )
    .addOption(requiredModelOption())
    .requiredOption('-d, --data <coco.json>', 'ground truth')
    .requiredOption('-i, --images <dir>', 'folder of the pictures')
    .option(
      '--dt <results.json>',
      'keep the results here; an interrupted run resumes, and existing results are scored without predicting again',
    )
    .option(
      '--compare <model|results.json>',
      'a second model, or its results on the same data set, to compare with the first',
    )
    .option('--write-threshold', "store the best score threshold in the model's file as its default")
    .option(
      '--queue-out <folder>',
      'with --queue or MASK_RCNN_QUEUE: folder that the workers share, or s3://bucket/prefix',
    )
    .addOption(offlineOption());
  addQueueOption(command, 'predict on the workers of a queue');
  addPlaneOptions(addPredictionOptions(command, ['score']), { canTakeAll: false });
  return addEvalOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn eval --model cells.safetensors --data val.json --images pictures
  mask-rcnn eval --model maskrcnn_resnet50_fpn_coco --data instances_val2017.json --images val2017 --dt results.json --json -
  mask-rcnn eval --model old.safetensors --compare new.safetensors --data val.json --images pictures --report report.html`,
    )
    .action(evalAction);
}

async function evalAction(given: EvalCommandOptions, command: Command): Promise<void> {
  const options = withQueueAddress(given);
  checkEvalOptions(options);
  if (options.queue !== undefined) requireNoComputeOptions(options);
  await refuseOverwriting(evalOutputs(options), [options.data, options.model, options.dt, options.compare]);
  if (options.writeThreshold) await requireOwnFile(options.model);
  const dataset = await openDataset(options.data, { onNote: warn });
  if (options.dt === undefined && (await isSemanticModel(options.model)))
    return evalSemantic(dataset, options, optionsGiven(command));
  const folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-eval-'));
  try {
    await evaluate(dataset, options, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * With the address of the environment where `--queue-out` asks for a queue: without it, `MASK_RCNN_QUEUE`, which is often
 * set for other commands, does not move an evaluation to the workers.
 * @throws UsageError for `--queue` or `--queue-out` alone.
 */
function withQueueAddress(options: EvalCommandOptions): EvalCommandOptions {
  const { queue, queueOut } = options;
  if (queueOut === undefined && queue === undefined) return options;
  if (queueOut === undefined)
    throw new UsageError('--queue and --queue-out belong together: where workers get and put their work');
  const address = queue ?? process.env.MASK_RCNN_QUEUE;
  if (!address) throw new UsageError('--queue-out needs --queue redis://HOST:PORT, or MASK_RCNN_QUEUE');
  return { ...options, queue: address };
}

/** @param folder For results that are not kept. */
async function evaluate(dataset: CocoData, options: EvalCommandOptions, folder: string): Promise<void> {
  const { compare, model } = options;
  const first = await resultsOf(dataset, options, options.dt ?? join(folder, 'results.json'));
  const second =
    compare === undefined
      ? undefined
      : await (isResultsFile(compare)
          ? readCocoResults(compare, dataset)
          : resultsOf(dataset, { ...options, model: compare }, join(folder, 'compared.json')));
  const needsScore = options.metric === 'nuclei' || analysingOptions(options).length > 0;
  const score = needsScore ? await scoreOf(options, model) : undefined;
  const compared = second && {
    results: second,
    name: nameBeside(compare!, model),
    score: isResultsFile(compare!) ? score : await scoreOf(options, compare!),
  };
  const counted = score === undefined ? options : { ...options, score };
  const evaluated = {
    results: first,
    name: nameBeside(model, compare),
    score,
    pictures: picturesOf(options),
    compare: compared,
  };
  const analysed = await reportEvaluation(dataset, evaluated, counted);
  if (options.writeThreshold) await storeThreshold(model, analysed?.analysis.best ?? null);
}

function picturesOf({ images, page, channel }: EvalCommandOptions): PictureLocation {
  return { folder: images, page, channel };
}

function isResultsFile(path: string): boolean {
  return path.toLowerCase().endsWith('.json');
}

/** @throws UsageError if `--model` is a name: shipped and downloaded models are shared, and stay as they are. */
async function requireOwnFile(model: string): Promise<void> {
  if (!(await isFile(model))) {
    throw new UsageError(
      `--write-threshold changes a model file, but ${model} is not one; give the path of a file`,
    );
  }
}

async function storeThreshold(model: string, best: OperatingPoint | null): Promise<void> {
  if (best === null) {
    throw new InputError(
      model,
      'finds no object at any score threshold, so its default threshold stays as it is',
    );
  }
  const before = await readDefaultScore(model);
  await writeDefaultScore(model, best.threshold);
  note(`${model}: default score threshold ${before} → ${best.threshold}`);
}

/** The options given by the user, such as `--type`. */
function optionsGiven(command: Command): string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags);
}

/** The results of a model, from the file if it exists, else predicted and written there. */
async function resultsOf(
  dataset: CocoData,
  options: EvalCommandOptions,
  path: string,
): Promise<ResultsTable> {
  if (existsSync(path)) {
    warn(`scoring the results in ${path} without running ${options.model}; delete the file to predict again`);
  } else await predictDataset(dataset, options, path);
  return readCocoResults(path, dataset);
}

/** The minimum score of a detection that counts: the user's, or the model's own. */
async function scoreOf({ score, offline }: EvalCommandOptions, model: string): Promise<number> {
  return score ?? readDefaultScore(await modelFile(model, offline));
}

/** @throws ReportedFailure if pictures could not be predicted; the results of the others are kept. */
async function predictDataset(dataset: CocoData, options: EvalCommandOptions, path: string): Promise<void> {
  const pictures = pictureFiles(dataset, picturesOf(options));
  await checkFrames(pictures, 'leave');
  const { queue, queueOut } = options;
  if (queue !== undefined && queueOut !== undefined)
    return predictOverQueue({ pictures, dataset }, { ...options, queue, queueOut }, path);
  const file = await modelFile(options.model, options.offline);
  const cache = await ResultCache.open(path, await originOf(file, options));
  if (cache.done.size > 0) {
    note(`${path}.part: ${plural(cache.done.size, 'picture')} already done`);
  }
  let model: Model<PictureSource> | undefined;
  try {
    model = await load(file, { threads: options.threads, device: options.device });
    requireTask(model.config, dataset, options);
    const choices = choicesFor(model.config, options);
    await predictAll({ pictures, dataset, model, choices, cache });
  } finally {
    await model?.dispose();
    if (cache.done.size < pictures.length) await cache.close();
  }
  await cache.complete();
}

/**
 * Names classes that the model lacks on stderr.
 * @throws UsageError or InputError where the model does not predict what is to be scored.
 */
function requireTask(config: ModelConfig, dataset: CocoData, options: EvalCommandOptions): void {
  requireSharedCategory(options.data, dataset.categories, config.categories);
  if (options.type === 'segm' && config.mask === null) {
    throw new UsageError(`${options.model} has no mask branch: use --type bbox`);
  }
  if (options.type === 'keypoints' && config.keypoint === null) {
    throw new UsageError(`${options.model} has no keypoint branch: use --type bbox`);
  }
  if (options.type === 'segm') requireSegmentations(dataset);
  const lacked = lackedCategories(dataset, config.categories);
  if (lacked !== undefined)
    note(`note: ${options.model} lacks classes of ${options.data}, whose objects count as missed: ${lacked}`);
}

/** Every detection that the model keeps is scored. */
function choicesFor({ categories, box }: ModelConfig, options: EvalCommandOptions): PredictionChoices {
  return { ...choicesOf(options, categories), score: box.scoreThreshold };
}

async function predictOverQueue(
  { pictures, dataset }: Pick<PredictingWork, 'pictures' | 'dataset'>,
  options: EvalCommandOptions & EvalQueueOptions,
  path: string,
): Promise<void> {
  const model = await hashedModel(options.model, options.offline);
  const config = await readModelConfig(model.file);
  requireTask(config, dataset, options);
  const choices = choicesFor(config, options);
  await predictOnQueue({ pictures, dataset, model, config, choices }, options, path);
}

interface PredictingWork {
  readonly pictures: readonly PictureFile[];
  readonly dataset: CocoData;
  readonly model: Model<PictureSource>;
  readonly choices: PredictionChoices;
  readonly cache: ResultCache;
}

/**
 * Predicts the pictures that are not in the cache.
 * @throws ReportedFailure if some could not be read.
 */
async function predictAll({ pictures, dataset, model, choices, cache }: PredictingWork): Promise<void> {
  const ids = { categoryId: categoryIds(dataset.categories, model.config.categories) };
  const left = pictures.filter(({ image }) => !cache.done.has(image.id));
  const limit = new LimitNote(limitOf(model.config, choices));
  let failed = 0;
  await withProgress('predicting', { total: left.length, unit: 'pictures' }, async (progress) => {
    for await (const outcome of model.predictEach(left.map(sourceOf), choices)) {
      if ('error' in outcome) {
        failed++;
        progress.note(describeFailure(outcome.error, false));
      } else {
        const { path, choice, image } = left[outcome.index];
        limit.count(titleOfPlane(path, choice), outcome.prediction);
        const place = { path: basename(path), page: choice.page, imageId: image.id };
        await cache.add(image.id, resultEntries(place, outcome.prediction, ids));
      }
      progress.advance();
    }
  });
  limit.show();
  endReported(failed, left.length);
}

/** Identifies where results come from: they must not be continued with another model, data set or choice. */
async function originOf(model: string, options: EvalCommandOptions): Promise<string> {
  const { data, page, channel, maxDet, nms, minSize, maxSize, classes } = options;
  const { tile, tileOverlap, tileScale, tileWhole } = options;
  const tiling = { tile, tileOverlap, tileScale, tileWhole };
  const choices = { page, channel, maxDet, nms, minSize, maxSize, classes, ...tiling };
  const chosen = Object.entries(choices).filter(([, value]) => value !== undefined);
  const files = await Promise.all(
    [model, data].map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return `${basename(path)} ${size} ${mtimeMs}`;
    }),
  );
  return [...files, ...chosen.map(([name, value]) => `${name} ${value}`)].join('; ');
}
