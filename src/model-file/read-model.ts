import { type AnyModelConfig, parseAnyModelConfig } from '../config/any-config.ts';
import type { ModelConfig } from '../config/schema.ts';
import type { SemanticConfig } from '../config/semantic.ts';
import { InputError } from '../core/errors.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { storedJson } from './stored-json.ts';

/** A model: its configuration and its weights. By default a detector. */
export interface ModelFile<Config extends AnyModelConfig = ModelConfig> {
  config: Config;
  /** Parameters under torchvision's names; the caller closes it. */
  weights: WeightFile;
}

/**
 * A detector: a weight file with the configuration in its metadata.
 * @throws InputError if the configuration is missing, invalid, or FCN's.
 */
export function readModel(weights: WeightFile): ModelFile {
  const config = storedConfig(weights);
  if (!config) throw new InputError(weights.name, 'has no mask-rcnn config; run mask-rcnn import');
  return { config: detectorConfig(weights.name, config), weights };
}

/**
 * The configuration in a weight file's metadata, or undefined where there is none.
 * @throws InputError where it is invalid.
 */
export function storedConfig(weights: WeightFile): AnyModelConfig | undefined {
  const config = storedJson(weights, 'config', 'mask-rcnn config');
  return config === undefined ? undefined : parseAnyModelConfig(weights.name, config);
}

/**
 * Narrows a configuration to a detector's.
 * @param source The file, for the message.
 * @throws InputError where it is FCN's.
 */
export function detectorConfig(source: string, config: AnyModelConfig): ModelConfig {
  if (config.kind === 'detector') return config;
  throw new InputError(source, 'is an FCN model; use `mask-rcnn segment`');
}

/**
 * Narrows a configuration to FCN's.
 * @param source The file, for the message.
 * @throws InputError where it is a detector's.
 */
export function semanticConfig(source: string, config: AnyModelConfig): SemanticConfig {
  if (config.kind === 'fcn') return config;
  throw new InputError(source, 'is not an FCN model but a detector; use `mask-rcnn predict`');
}
