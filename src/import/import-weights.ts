import { applyOverrides } from '../config/overrides.ts';
import { classCount, type ModelConfig } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import { expectedWeights } from '../model/inference-graphs.ts';
import { detectorConfig, storedConfig } from '../model-file/read-model.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { openWeights } from '../weights/open-weights.ts';
import { renamedWeights, shapesOf, type WeightFile } from '../weights/weight-file.ts';
import { readConfigFile } from './config-file.ts';
import { fromDetectron2 } from './detectron2/weights.ts';
import { checkAnchors, recognise } from './recognise/detector.ts';
import { translationOf } from './torchvision/legacy-names.ts';

export interface ImportOptions {
  /** `.pth` in either form, `.pkl` of Detectron2, or `.safetensors`. */
  path: string;
  /** Architecture by torchvision's name, such as `maskrcnn_resnet50_fpn_v2`. Default: told from the keys. */
  arch?: string | undefined;
  /** JSON file: a part of our configuration, or torchvision's keyword arguments. */
  configFile?: string | undefined;
}

export interface ImportedWeights {
  config: ModelConfig;
  /** Parameters under torchvision's current names, exactly those that `config` needs; the caller closes it. */
  weights: WeightFile;
  /** What was recognised and assumed, a line each. */
  notes: string[];
}

/**
 * Opens weights from elsewhere and finds the configuration that fits them: structure from the keys (or `arch`),
 * the rest from torchvision's defaults and from `configFile`. A model file of ours keeps its own configuration
 * unless `arch` is given. Tensors are read lazily, one at a time.
 * @throws InputError where a file is damaged, of an unknown architecture, or does not fit the configuration; the
 * message lists missing, unused and wrongly shaped keys.
 * @throws UsageError where `arch` is not known.
 */
export async function importWeights({ path, arch, configFile }: ImportOptions): Promise<ImportedWeights> {
  const overrides = configFile === undefined ? {} : await readConfigFile(configFile);
  const file = await openWeights(path);
  try {
    const { weights, ...origin } = underOurNames(file);
    const shapes = shapesOf(weights);
    const { config: recognised, ...found } = recognise(path, shapes, { arch, ...origin });
    const stored = arch === undefined ? storedConfig(file) : undefined;
    const base = stored ? detectorConfig(path, stored) : recognised;
    const config = applyOverrides(configFile ?? path, base, overrides);
    checkCategories(configFile ?? path, config, classCount(recognised));
    checkAnchors(path, config, found.anchorsPerLocation);
    checkKeys(path, expectedWeights(config), shapes);
    const notes = stored ? ['kept the configuration that the file carries'] : found.notes;
    return { config, weights, notes: [...notes, ...remarks(config)] };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The file's weights under torchvision's current names, and where they are from. */
function underOurNames(file: WeightFile): { weights: WeightFile; legacyKeys: boolean; detectron2: boolean } {
  const foreign = fromDetectron2(file);
  if (foreign) return { weights: foreign, legacyKeys: false, detectron2: true };
  const { legacy, wrapped, rename } = translationOf(file.keys());
  const weights = legacy || wrapped ? renamedWeights(file, rename) : file;
  return { weights, legacyKeys: legacy, detectron2: false };
}

function remarks({ categories }: ModelConfig): string[] {
  return categories[0]?.name === 'class_1'
    ? ['the categories have no names: list them under "categories" in a config file']
    : [];
}

function checkCategories(source: string, config: ModelConfig, classes: number): void {
  if (classCount(config) === classes) return;
  throw new InputError(
    source,
    `lists ${config.categories.length} categories; the weights score ${classes - 1} and the background`,
  );
}
