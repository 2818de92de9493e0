import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { UsageError } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import type { CocoData } from '../data/coco/coco.ts';
import { openDataset } from '../data/coco/open-dataset.ts';
import { checkFrames, type PictureFile, pictureFiles } from '../data/coco/picture-files.ts';
import { readCocoResults } from '../data/coco/results.ts';
import { openModelFile } from '../model-file/model-file.ts';
import type { PredictionChoices } from '../predict/choices.ts';
import { load } from '../predict/load/node.ts';
import type { Model } from '../predict/model.ts';
import { resultEntries } from '../predict/result-entry.ts';
import { requireSharedCategory } from '../score/categories.ts';
import { categoryIds } from '../score/dataset-ids.ts';
import { addEvalOptions, type EvalOptions, evalOutputs } from './eval-options.ts';
import { checkEvalOptions, reportEvaluation } from './eval-report.ts';
import { evalSemantic, isSemanticModel } from './eval-semantic.ts';
import { describeFailure, ReportedFailure } from './failure.ts';
import { LimitNote } from './limit-note.ts';
import { modelFile, offlineOption } from './model-argument.ts';
import { note, warn } from './output.ts';
import { refuseOverwriting } from './overwrite.ts';
import { addPredictionOptions, choicesOf, type PredictionOptions } from './prediction-options.ts';
import { startProgress } from './progress.ts';
import { ResultCache } from './result-cache.ts';

interface EvalCommandOptions extends EvalOptions, Omit<PredictionOptions, 'score'> {
  model: string;
  data: string;
  images: string;
  dt?: string;
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
    .requiredOption('-m, --model <name|file>', 'a name that `mask-rcnn models` lists, or a model file')
    .requiredOption('-d, --data <coco.json>', 'ground truth')
    .requiredOption('-i, --images <dir>', 'folder of the pictures')
    .option(
      '--dt <results.json>',
      'keep the results here; an interrupted run resumes, and existing results are scored without predicting again',
    )
    .addOption(offlineOption());
  addPredictionOptions(command, ['score']);
  return addEvalOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn eval --model cells.safetensors --data val.json --images pictures
  mask-rcnn eval --model maskrcnn_resnet50_fpn_coco --data instances_val2017.json --images val2017 --dt results.json --json -`,
    )
    .action(evalAction);
}

async function evalAction(options: EvalCommandOptions, command: Command): Promise<void> {
  checkEvalOptions(options);
  await refuseOverwriting(evalOutputs(options), [options.data, options.model, options.dt]);
  const dataset = await openDataset(options.data, { onNote: warn });
  if (options.dt === undefined && (await isSemanticModel(options.model)))
    return evalSemantic(dataset, options, optionsGiven(command));
  if (options.dt !== undefined) return scoreWith(dataset, options, options.dt);
  const folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-eval-'));
  try {
    await scoreWith(dataset, options, join(folder, 'results.json'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The options given by the user, such as `--type`. */
function optionsGiven(command: Command): string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags);
}

async function scoreWith(dataset: CocoData, options: EvalCommandOptions, path: string): Promise<void> {
  if (existsSync(path)) note(`scoring the results in ${path}`);
  else await predictDataset(dataset, options, path);
  const counted = options.metric === 'nuclei' ? { ...options, score: await scoreOf(options) } : options;
  await reportEvaluation(dataset, await readCocoResults(path, dataset), counted);
}

/** The minimum score of a detection that counts: the user's, or the model's own. */
async function scoreOf({ score, model, offline }: EvalCommandOptions): Promise<number> {
  if (score !== undefined) return score;
  const { config, weights } = await openModelFile(await modelFile(model, offline));
  await weights.close();
  return config.defaultScore;
}

/** @throws ReportedFailure if pictures could not be predicted; the results of the others are kept. */
async function predictDataset(dataset: CocoData, options: EvalCommandOptions, path: string): Promise<void> {
  const pictures = pictureFiles(dataset, options.images);
  await checkFrames(pictures);
  const file = await modelFile(options.model, options.offline);
  const cache = await ResultCache.open(path, await originOf(file, options));
  if (cache.done.size > 0) {
    note(`${path}.part: ${plural(cache.done.size, 'picture')} already done`);
  }
  let model: Model<string> | undefined;
  let failed: number;
  try {
    model = await load(file, { threads: options.threads });
    requireSharedCategory(options.data, dataset.categories, model.config.categories);
    if (options.type === 'segm' && model.config.mask === null) {
      throw new UsageError(`${options.model} has no mask branch: use --type bbox`);
    }
    if (options.type === 'keypoints' && model.config.keypoint === null) {
      throw new UsageError(`${options.model} has no keypoint branch: use --type bbox`);
    }
    const { scoreThreshold } = model.config.box;
    const choices = { ...choicesOf(options, model.config.categories), score: scoreThreshold };
    failed = await predictAll({ pictures, dataset, model, choices, cache });
  } finally {
    await model?.dispose();
    if (cache.done.size < pictures.length) await cache.close();
  }
  if (failed > 0) throw new ReportedFailure(`${failed} of ${pictures.length} failed`);
  await cache.complete();
}

interface PredictingWork {
  readonly pictures: readonly PictureFile[];
  readonly dataset: CocoData;
  readonly model: Model<string>;
  readonly choices: PredictionChoices;
  readonly cache: ResultCache;
}

/** Predicts the pictures that are not in the cache. Returns how many could not be read; each was reported. */
async function predictAll({ pictures, dataset, model, choices, cache }: PredictingWork): Promise<number> {
  const ids = { categoryId: categoryIds(dataset.categories, model.config.categories) };
  const left = pictures.filter(({ image }) => !cache.done.has(image.id));
  const paths = left.map(({ path }) => path);
  const progress = startProgress('predicting', left.length, { unit: 'pictures' });
  const limit = new LimitNote();
  let failed = 0;
  try {
    for await (const outcome of model.predictEach(paths, choices)) {
      if ('error' in outcome) {
        failed++;
        progress.note(describeFailure(outcome.error, false));
      } else {
        limit.count(outcome.source, outcome.prediction);
        const imageId = left[outcome.index].image.id;
        const place = { path: basename(outcome.source), imageId };
        await cache.add(imageId, resultEntries(place, outcome.prediction, ids));
      }
      progress.advance();
    }
  } finally {
    progress.finish();
  }
  limit.show();
  if (failed > 0) note(`mask-rcnn: ${failed} of ${plural(left.length, 'picture')} failed`);
  return failed;
}

/** Identifies where results come from: they must not be continued with another model, data set or choice. */
async function originOf(model: string, options: EvalCommandOptions): Promise<string> {
  const { data, maxDet, nms, minSize, maxSize, classes, tile, tileOverlap, tileScale, tileWhole } = options;
  const choices = { maxDet, nms, minSize, maxSize, classes, tile, tileOverlap, tileScale, tileWhole };
  const chosen = Object.entries(choices).filter(([, value]) => value !== undefined);
  const files = await Promise.all(
    [model, data].map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return `${basename(path)} ${size} ${mtimeMs}`;
    }),
  );
  return [...files, ...chosen.map(([name, value]) => `${name} ${value}`)].join('; ');
}
