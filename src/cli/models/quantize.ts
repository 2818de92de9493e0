import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import type { ModelConfig } from '../../config/schema.ts';
import { InputError, UsageError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { openDataset } from '../../data/coco/open-dataset.ts';
import { pictureFiles, sourceOf } from '../../data/coco/picture-files.ts';
import type { PictureSource } from '../../image/picture-source.ts';
import { modelKindAt } from '../../import/model-kind.ts';
import { storedCard } from '../../model-file/card.ts';
import { openModelFile, writeModelFile } from '../../model-file/model-file.ts';
import { storedQuantization } from '../../model-file/quantization.ts';
import { absorbedWeights, calibrate, idleBranches } from '../../quantize/quantize-model.ts';
import { openNodeRuntime } from '../../runtime/open-node-runtime.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import { requireModelOutput } from '../files/output-place.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { findPictures } from '../files/pictures.ts';
import { modelFile, offlineOption } from '../options/model-argument.ts';
import { count, numberFrom } from '../options/option-values.ts';
import { formatBytes } from '../terminal/format.ts';
import { print, warn } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { guardedLayers, openValidation } from './quantize-guard.ts';

interface QuantizeOptions {
  out: string;
  calibrate: string;
  images?: string;
  pictures: number;
  val?: string;
  valImages?: string;
  maxDrop?: number;
  offline?: true;
}

/** Pictures that show the values that layers have. */
const defaultPictures = 32;
/** In points of AP, of which there are 100. */
const defaultDrop = 0.5;

/** `mask-rcnn quantize`: makes a model compute with eight bits. */
export function quantizeCommand(): Command {
  return new Command('quantize')
    .summary('make a model compute with eight bits (int8)')
    .description(
      'Rounds the weights of a model to eight bits, and measures on calibration pictures the range of each layer, so that the processor can ' +
        'use 8-bit integers. The file is about a quarter as large as one with 32-bit weights. With --val, the average precision is measured ' +
        'before and after; if it drops by more than --max-drop, the layers that cost most stay in floating point.',
    )
    .argument('<model>', 'a name that `mask-rcnn models` lists, or a model file')
    .requiredOption('-o, --out <file>', 'the model file to write (.safetensors)')
    .requiredOption(
      '--calibrate <dir|coco.json>',
      'pictures like those that the model is for: a folder, or a data set with --images',
    )
    .option('-i, --images <dir>', 'folder of the pictures of --calibrate, if that is a data set')
    .option('--pictures <n>', 'number of them to use', count, defaultPictures)
    .option('--val <coco.json>', 'annotations to measure the average precision on')
    .option('--val-images <dir>', 'folder of their pictures (default: --images)')
    .option(
      '--max-drop <points>',
      `accepted loss of AP on --val in points of 100 (default: ${defaultDrop})`,
      numberFrom(0, 100),
    )
    .addOption(offlineOption())
    .addHelpText(
      'after',
      '\nExample:\n  mask-rcnn quantize cells.safetensors --calibrate train.json --images pictures --val val.json --out cells-int8.safetensors',
    )
    .action(quantizeAction);
}

async function quantizeAction(nameOrPath: string, options: QuantizeOptions): Promise<void> {
  const { out, calibrate: calibration, val, valImages, images, maxDrop = defaultDrop } = options;
  refuseUseless(options);
  await requireModelOutput(out, '.safetensors');
  const path = await modelFile(nameOrPath, options.offline);
  if ((await modelKindAt(path)) === 'fcn')
    throw new InputError(path, 'is an FCN model; only detectors compute with eight bits');
  const { config, weights: stored } = await openModelFile(path);
  const card = storedCard(stored);
  if (storedQuantization(stored)) throw new InputError(path, 'already computes with eight bits');
  const validation = val === undefined ? null : await openValidation(val, (valImages ?? images)!, config);
  const pictures = await calibrationPictures(options);
  await refuseOverwriting(
    [{ option: '--out', path: out }],
    [
      ...[path, calibration, val],
      ...pictures.map(pathOf),
      ...(validation?.pictures.map((picture) => picture.path) ?? []),
    ],
  );
  const weights = await absorbedWeights(config, stored);
  await stored.close();
  const layers = await calibrated(config, weights, pictures);
  for (const branch of idleBranches(config, layers)) {
    warn(
      `the model found nothing in the pictures of --calibrate, so the ${branch} branch stays in floating point; ` +
        'calibrate with pictures that show its objects',
    );
  }
  const chosen = validation
    ? await guardedLayers({ config, weights, layers, pictures, validation, maxDrop })
    : layers;
  const quantization = { layers: Object.fromEntries(chosen.map(({ name, scales }) => [name, scales])) };
  const int8 = new Set(chosen.filter(({ hasRows }) => hasRows).map(({ name }) => name));
  await writeModelFile(out, config, weights, { dtype: 'float16', card, quantization, int8 });
  const { size } = await stat(out);
  await print(`${out}: ${plural(chosen.length, 'layer')} with eight bits, ${formatBytes(size)}`);
}

/** @throws UsageError for an option that does nothing without another, which the user may have forgotten. */
function refuseUseless({ calibrate: calibration, images, val, valImages, maxDrop }: QuantizeOptions): void {
  if (val !== undefined && valImages === undefined && images === undefined)
    throw new UsageError('--val needs --val-images');
  for (const [option, value] of Object.entries({ '--val-images': valImages, '--max-drop': maxDrop })) {
    if (value !== undefined && val === undefined)
      throw new UsageError(`${option} needs --val: add it, or leave ${option} out`);
  }
  if (images !== undefined && val === undefined && !isDataset(calibration))
    throw new UsageError(`--images needs a data set, and --calibrate ${calibration} is none; leave it out`);
}

function isDataset(path: string): boolean {
  return path.toLowerCase().endsWith('.json');
}

/** Undefined for what is not in a file. */
function pathOf(picture: PictureSource): string | undefined {
  const file = typeof picture === 'object' && 'file' in picture ? picture.file : picture;
  return typeof file === 'string' ? file : undefined;
}

function calibrated(config: ModelConfig, weights: WeightFile, pictures: readonly PictureSource[]) {
  const shown = { total: pictures.length, unit: 'pictures' };
  return withProgress('calibrating', shown, async (progress) => {
    const runtime = await openNodeRuntime();
    return calibrate(config, weights, {
      runtime,
      pictures,
      onPicture: (done) => progress.update(done),
    });
  });
}

/** Evenly spread over the folder or the data set. */
async function calibrationPictures({
  calibrate,
  images,
  pictures,
}: QuantizeOptions): Promise<PictureSource[]> {
  const paths = await allPictures(calibrate, images);
  if (paths.length === 0) throw new InputError(calibrate, 'has no pictures to calibrate with');
  return evenly(paths, pictures);
}

/** `count` of the items, or all if there are fewer, evenly spread. */
function evenly<T>(items: readonly T[], count: number): T[] {
  const number = Math.min(count, items.length);
  return Array.from({ length: number }, (_, i) => items[Math.floor((i * items.length) / number)]);
}

async function allPictures(source: string, images: string | undefined): Promise<PictureSource[]> {
  if (!isDataset(source)) {
    return (await findPictures([source], { recursive: true, onNote: warn })).map(({ path }) => path);
  }
  if (images === undefined) throw new UsageError(`--calibrate ${source} needs --images`);
  return pictureFiles(await openDataset(source, { onNote: warn }), { folder: images }).map(sourceOf);
}
