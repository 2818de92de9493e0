import { parseModelConfig } from '../config/parse.ts';
import type { ModelConfig } from '../config/schema.ts';
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
 * @throws InputError where it is not valid.
 */
export function storedConfig({ name, metadata }: WeightFile): ModelConfig | undefined {
  const json = metadata.config;
  if (json === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new InputError(name, `its mask-rcnn config is not JSON (${messageOf(error)})`, { cause: error });
  }
  return parseModelConfig(name, value);
}
