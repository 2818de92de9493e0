import type { ModelConfig } from '../../config/schema.ts';
import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import type { CocoData } from '../../data/coco/dataset.ts';
import { openDataset } from '../../data/coco/open-dataset.ts';
import { type PictureFile, pictureFiles } from '../../data/coco/picture-files.ts';
import type { PictureSource } from '../../image/picture-source.ts';
import { compileModel } from '../../predict/compile.ts';
import { decode } from '../../predict/load/decode-source.ts';
import { Model } from '../../predict/model.ts';
import { type LayerCost, layerCosts } from '../../quantize/layer-costs.ts';
import type { CalibratedLayer } from '../../quantize/quantize-model.ts';
import { measureDetector } from '../../run/measure-detector.ts';
import { openNodeRuntime } from '../../runtime/open-node-runtime.ts';
import { matchCategories, requireSharedCategory } from '../../score/categories.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import { note, warn } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';

/** Parts of the layers that stay in floating point, one after the other, until the guard is satisfied. */
const floatParts = [1 / 16, 1 / 8, 1 / 4, 1 / 2];
/** Of the calibration pictures, those that the costs of layers are measured on: each layer runs on all of them. */
const costPictures = 4;
/** Lines of the table of costs. */
const shownLayers = 10;

/** What the average precision is measured on. */
export interface Validation {
  readonly dataset: CocoData;
  readonly pictures: readonly PictureFile[];
}

/**
 * @param path Of a data set.
 * @param folder Of its pictures.
 * @throws InputError where it cannot be read, or has no object that the model could find.
 */
export async function openValidation(path: string, folder: string, config: ModelConfig): Promise<Validation> {
  const dataset = await openDataset(path, { onNote: warn });
  const pictures = pictureFiles(dataset, { folder });
  requireSharedCategory(path, dataset.categories, config.categories);
  const { labels } = matchCategories(config.categories, dataset.categories);
  if (!dataset.annotations.some(({ category_id: id, iscrowd }) => labels.has(id) && iscrowd !== 1)) {
    throw new InputError(path, 'has no object of the model’s categories, so it measures nothing');
  }
  return { dataset, pictures };
}

export interface Guard {
  readonly config: ModelConfig;
  readonly weights: WeightFile;
  readonly layers: readonly CalibratedLayer[];
  /** Those that the layers were calibrated with. */
  readonly pictures: readonly PictureSource[];
  readonly validation: Validation;
  /** In points of AP, of which there are 100. */
  readonly maxDrop: number;
}

/**
 * The layers that can compute with eight bits: as many as the accepted loss of AP allows.
 * @throws InputError with the costs of layers if half of them are too many.
 */
export async function guardedLayers(guard: Guard): Promise<readonly CalibratedLayer[]> {
  const { config, weights, layers, validation, maxDrop } = guard;
  const measure = async (some: readonly CalibratedLayer[]) => {
    const quantization = new Map(some.map(({ name, scales }) => [name, scales]));
    const sessions = await compileModel(config, weights, await openNodeRuntime(), { quantization });
    const model = new Model(config, sessions, decode);
    try {
      const result = await measureDetector(model, { ...validation, shouldStop: () => false });
      return 100 * result!.value;
    } finally {
      await model.dispose();
    }
  };
  const before = await measure([]);
  note(`AP ${before.toFixed(2)} in floating point, on ${plural(validation.pictures.length, 'picture')}`);
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
    validation.dataset.source,
    `AP drops by ${drop.toFixed(2)} points, more than ${maxDrop}, though half of the layers stay in floating point; raise --max-drop, or calibrate with more pictures. Error that each layer alone causes: ${table}`,
  );
}

function measuredCosts({ config, weights, layers, pictures }: Guard): Promise<LayerCost[]> {
  const shown = { total: layers.length, unit: 'layers' };
  return withProgress('measuring what each layer costs', shown, async (progress) =>
    layerCosts(config, weights, layers, {
      runtime: await openNodeRuntime(),
      pictures,
      runs: costPictures,
      onLayer: (done) => progress.update(done),
    }),
  );
}
