import { parseModelConfig } from '../config/parse.ts';
import type { ModelConfig } from '../config/schema.ts';
import { isSemanticConfig } from '../config/semantic.ts';
import { InputError, messageOf } from '../core/errors.ts';
import type { WeightFile } from '../weights/weight-file.ts';

/** A model: how it is built, and its weights. */
export interface ModelFile {
  config: ModelConfig;
  /** Parameters under torchvision's names; the caller closes it. */
  weights: WeightFile;
}

/**
 * A weight file with the configuration that it carries.
 * @throws InputError where it carries none, or no valid one.
 */
export function readModel(weights: WeightFile): ModelFile {
  const config = storedConfig(weights);
  if (!config) throw new InputError(weights.name, 'has no mask-rcnn config; run mask-rcnn import');
  return { config, weights };
}

/**
 * The configuration in a weight file's metadata, or undefined where it carries none.
 * @throws InputError where it is not valid, or FCN's.
 */
export function storedConfig(file: WeightFile): ModelConfig | undefined {
  const value = storedJson(file);
  if (value === undefined) return undefined;
  if (isSemanticConfig(value)) {
    throw new InputError(file.name, 'is FCN, which gives every pixel a class; the command for it is segment');
  }
  return parseModelConfig(file.name, value);
}

/**
 * The same, not validated yet: a detector's or FCN's.
 * @throws InputError where it is not JSON.
 */
export function storedJson({ name, metadata }: WeightFile): unknown {
  if (metadata.config === undefined) return undefined;
  try {
    return JSON.parse(metadata.config);
  } catch (error) {
    throw new InputError(name, `its mask-rcnn config is not JSON (${messageOf(error)})`, { cause: error });
  }
}
