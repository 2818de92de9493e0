import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import type { ModelConfig } from '../config/schema.ts';
import { InputError, UsageError } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import { openDataset } from '../data/coco/open-dataset.ts';
import { pictureFiles, sourceOf } from '../data/coco/picture-files.ts';
import type { PictureSource } from '../image/picture-source.ts';
import { storedCard } from '../model-file/card.ts';
import { openModelFile, writeModelFile } from '../model-file/model-file.ts';
import { storedQuantization } from '../model-file/quantization.ts';
import { compileModel } from '../predict/compile.ts';
import { decode } from '../predict/load/decode-source.ts';
import { Model } from '../predict/model.ts';
import { type LayerCost, layerCosts } from '../quantize/layer-costs.ts';
import { absorbedWeights, type CalibratedLayer, calibrate } from '../quantize/quantize-model.ts';
import { measureDetector } from '../run/measure-detector.ts';
import { openNodeRuntime } from '../runtime/open-node-runtime.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { formatBytes } from './format.ts';
import { modelFile, offlineOption } from './model-argument.ts';
import { count, note, print, warn } from './output.ts';
import { refuseOverwriting } from './overwrite.ts';
import { findPictures } from './pictures.ts';
import { startProgress } from './progress.ts';

interface QuantizeOptions {
  out: string;
  calibrate: string;
  images?: string;
  pictures: number;
  val?: string;
  valImages?: string;
  maxDrop: number;
  offline?: true;
}

/** Pictures that show the values that layers have. */
const defaultPictures = 32;
/** In points of AP, of which there are 100. */
const defaultDrop = 0.5;
/** Parts of the layers that stay in floating point, one after the other, until the guard is satisfied. */
const floatParts = [1 / 16, 1 / 8, 1 / 4, 1 / 2];
/** Of the calibration pictures, those that the costs of layers are measured on: each layer runs on all of them. */
const costPictures = 4;
/** Lines of the table of costs. */
const shownLayers = 10;

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
    .option('--max-drop <points>', 'accepted loss of AP in points of 100', points, defaultDrop)
    .addOption(offlineOption())
    .addHelpText(
      'after',
      '\nExample:\n  mask-rcnn quantize cells.safetensors --calibrate train.json --images pictures --val val.json --out cells-int8.safetensors',
    )
    .action(quantizeAction);
}

async function quantizeAction(nameOrPath: string, options: QuantizeOptions): Promise<void> {
  const { out, val, valImages, images, maxDrop } = options;
  const path = await modelFile(nameOrPath, options.offline);
  await refuseOverwriting([{ option: '--out', path: out }], [path, options.calibrate, val]);
  const folder = valImages ?? images;
  if (val !== undefined && folder === undefined) throw new UsageError('--val needs --val-images');
  const pictures = await calibrationPictures(options);
  const { config, weights: stored } = await openModelFile(path);
  const card = storedCard(stored);
  if (storedQuantization(stored)) throw new InputError(path, 'already computes with eight bits');
  const weights = await absorbedWeights(config, stored);
  await stored.close();
  const layers = await calibrated(config, weights, pictures);
  const chosen =
    val === undefined
      ? layers
      : await guarded({ config, weights, layers, pictures, val, folder: folder!, maxDrop });
  const quantization = { layers: Object.fromEntries(chosen.map(({ name, scales }) => [name, scales])) };
  const int8 = new Set(chosen.filter(({ hasRows }) => hasRows).map(({ name }) => name));
  await writeModelFile(out, config, weights, { dtype: 'float16', card, quantization, int8 });
  const { size } = await stat(out);
  await print(`${out}: ${plural(chosen.length, 'layer')} with eight bits, ${formatBytes(size)}`);
}

async function calibrated(config: ModelConfig, weights: WeightFile, pictures: readonly PictureSource[]) {
  const progress = startProgress('calibrating', pictures.length, { unit: 'pictures' });
  try {
    const runtime = await openNodeRuntime();
    return await calibrate(config, weights, {
      runtime,
      pictures,
      onPicture: (done) => progress.update(done),
    });
  } finally {
    progress.finish();
  }
}

async function measuredCosts({ config, weights, layers, pictures }: Guard): Promise<LayerCost[]> {
  const progress = startProgress('measuring what each layer costs', layers.length, { unit: 'layers' });
  try {
    return await layerCosts(config, weights, layers, {
      runtime: await openNodeRuntime(),
      pictures: evenly(pictures, costPictures),
      onLayer: (done) => progress.update(done),
    });
  } finally {
    progress.finish();
  }
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
  if (!source.toLowerCase().endsWith('.json')) {
    return (await findPictures([source], { recursive: true, onNote: warn })).map(({ path }) => path);
  }
  if (images === undefined) throw new UsageError(`--calibrate ${source} needs --images`);
  return pictureFiles(await openDataset(source, { onNote: warn }), { folder: images }).map(sourceOf);
}

interface Guard {
  readonly config: ModelConfig;
  readonly weights: WeightFile;
  readonly layers: readonly CalibratedLayer[];
  /** Those that the layers were calibrated with. */
  readonly pictures: readonly PictureSource[];
  readonly val: string;
  readonly folder: string;
  readonly maxDrop: number;
}

/**
 * The layers that can compute with eight bits: as many as the accepted loss of AP allows.
 * @throws InputError with the costs of layers if half of them are too many.
 */
async function guarded(guard: Guard): Promise<readonly CalibratedLayer[]> {
  const { config, weights, layers, val, folder, maxDrop } = guard;
  const dataset = await openDataset(val, { onNote: warn });
  const pictures = pictureFiles(dataset, { folder });
  const measure = async (some: readonly CalibratedLayer[]) => {
    const quantization = new Map(some.map(({ name, scales }) => [name, scales]));
    const sessions = await compileModel(config, weights, await openNodeRuntime(), { quantization });
    const model = new Model(config, sessions, decode);
    try {
      const result = await measureDetector(model, { dataset, pictures, shouldStop: () => false });
      return 100 * result!.value;
    } finally {
      await model.dispose();
    }
  };
  const before = await measure([]);
  note(`AP ${before.toFixed(2)} in floating point, on ${plural(pictures.length, 'picture')}`);
  const dropWith = async (some: readonly CalibratedLayer[]) => {
    const after = await measure(some);
    note(`AP ${after.toFixed(2)} with ${plural(some.length, 'layer')} of ${layers.length} in eight bits`);
    return before - after;
  };
  let drop = await dropWith(layers);
  if (drop <= maxDrop) return layers;
  const costs = await measuredCosts(guard);
  for (const part of floatParts) {
    const cheap = costs.slice(Math.ceil(part * layers.length)).map(({ layer }) => layer);
    drop = await dropWith(cheap);
    if (drop <= maxDrop) return cheap;
  }
  const table = costs
    .slice(0, shownLayers)
    .map(({ layer, cost }) => `${layer.name} ${(100 * cost).toPrecision(2)} %`)
    .join(', ');
  throw new InputError(
    val,
    `AP drops by ${drop.toFixed(2)} points, more than ${maxDrop}, though half of the layers stay in floating point; raise --max-drop, or calibrate with more pictures. Error that each layer alone causes: ${table}`,
  );
}

/** Option value: points of AP. */
function points(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100)) {
    throw new UsageError(`--max-drop: expected points of AP from 0 to 100, got ${text}`);
  }
  return value;
}
