import { applyOverrides } from '../config/overrides.ts';
import { classCount, type ModelConfig } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import { placeholderName } from '../core/placeholder-name.ts';
import { plural } from '../core/plural.ts';
import { expectedWeights } from '../model/inference-graphs.ts';
import { detectorConfig, storedConfig } from '../model-file/read-model.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { openWeights } from '../weights/open-weights.ts';
import { renamedWeights, shapesOf, type WeightFile } from '../weights/weight-file.ts';
import { readConfigFile } from './config-file.ts';
import { fromDetectron2 } from './detectron2/weights.ts';
import { checkAnchors, recogniseDetector } from './recognise/detector.ts';
import { currentKey, hasLegacyNames } from './torchvision/legacy-names.ts';
import { unwrapped } from './unwrapped.ts';

/*
 * How foreign weights become a model of ours:
 *
 * 1. `weights/open-weights.ts` opens the file by its first bytes; nothing is executed, tensors are read lazily.
 * 2. `unwrapped.ts` removes the prefixes of wrappers and what is not part of the model; `detectron2/` or `torchvision/legacy-names.ts` translates the names into torchvision's current ones. Detectron2's
 *    tensors are reordered as well: classes, colour channels, anchors.
 * 3. `recognise/` derives the configuration from names and shapes, or from the architecture that the user names.
 *    Defaults are torchvision's, or `detectron2/conventions.ts`.
 * 4. `config-file.ts` overrides what shapes do not show: thresholds, sizes, categories.
 * 5. The weights must be exactly those that `model/` needs for the configuration; `model-file/` writes both.
 *
 * FCN takes the same way in `semantic-file.ts`.
 */

export interface ImportOptions {
  /** A `.pth` in either form, a `.pkl` of Detectron2, or `.safetensors`. */
  path: string;
  /** Architecture by torchvision's name, such as `maskrcnn_resnet50_fpn_v2`. Default: recognised by the keys. */
  arch?: string | undefined;
  /** Path of a JSON file with a part of our configuration, or with torchvision's keyword arguments. */
  configFile?: string | undefined;
}

export interface ImportedWeights {
  config: ModelConfig;
  /** Exactly the parameters that `config` needs, under torchvision's current names. The caller closes it. */
  weights: WeightFile;
  /** What was recognised and what was assumed: one line each, for the user. */
  notes: string[];
}

/**
 * Opens the weights of another tool and finds the configuration that fits them: the structure from the keys (or
 * `arch`), the rest from torchvision's defaults and from `configFile`. A model file of ours keeps its own configuration
 * unless `arch` is given. Tensors are read lazily, one at a time.
 * @throws InputError where a file is damaged, of an unknown architecture, or does not fit the configuration; the
 * message lists missing, unused and wrongly shaped keys.
 * @throws UsageError where `arch` or an option is unknown.
 * @example
 * ```ts
 * import { importWeights, writeModelFile } from 'mask-rcnn';
 *
 * const { config, weights, notes } = await importWeights({ path: 'weights.pth', configFile: 'config.json' });
 * try {
 *   await writeModelFile('my-model.safetensors', config, weights);
 * } finally {
 *   await weights.close();
 * }
 * console.log(notes);
 * ```
 */
export async function importWeights(options: ImportOptions): Promise<ImportedWeights> {
  checkOptions('importWeights', options, { path: true, arch: true, configFile: true });
  const { path, arch, configFile } = options;
  const overrides = configFile === undefined ? {} : await readConfigFile(configFile);
  const file = await openWeights(path);
  try {
    const { weights: own, notes: unwrapping } = unwrapped(file);
    const { weights, ...origin } = underOurNames(own);
    const shapes = shapesOf(weights);
    const { config: recognised, ...found } = recogniseDetector(path, shapes, { arch, ...origin });
    const stored = arch === undefined ? storedConfig(file) : undefined;
    const base = stored ? detectorConfig(path, stored) : recognised;
    const config = applyOverrides(configFile ?? path, base, overrides);
    checkCategories(configFile ?? path, config, classCount(recognised));
    checkAnchors(path, config, found.anchorsPerLocation);
    checkKeys(path, expectedWeights(config), shapes);
    const notes = stored ? ['kept the configuration in the file'] : found.notes;
    return { config, weights, notes: [...unwrapping, ...notes, ...remarks(config)] };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A model's weights under torchvision's current names, and their origin. */
function underOurNames(file: WeightFile): { weights: WeightFile; legacyKeys: boolean; detectron2: boolean } {
  const foreign = fromDetectron2(file);
  if (foreign) return { weights: foreign, legacyKeys: false, detectron2: true };
  const legacyKeys = hasLegacyNames(file.keys());
  return { weights: legacyKeys ? renamedWeights(file, currentKey) : file, legacyKeys, detectron2: false };
}

function remarks({ categories }: ModelConfig): string[] {
  return categories[0]?.name === placeholderName(1)
    ? ['the categories have no names: list them under "categories" in a config file']
    : [];
}

function checkCategories(source: string, config: ModelConfig, classes: number): void {
  if (classCount(config) === classes) return;
  throw new InputError(
    source,
    `lists ${plural(config.categories.length, 'category')}; the weights score ${classes - 1} and the background`,
  );
}
