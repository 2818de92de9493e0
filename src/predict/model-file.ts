import { parseModelConfig } from '../config/parse.ts';
import type { ModelConfig } from '../config/schema.ts';
import { InputError, messageOf } from '../core/errors.ts';
import type { WeightPrecision } from '../weights/encode.ts';
import { openFileSource } from '../weights/file-source.ts';
import { readSafetensors } from '../weights/safetensors-reader.ts';
import { writeSafetensors } from '../weights/safetensors-writer.ts';
import type { WeightFile } from '../weights/weight-file.ts';

/** What one model file holds. */
export interface ModelFile {
  config: ModelConfig;
  /** Parameters under torchvision's names; the caller closes it. */
  weights: WeightFile;
}

/**
 * Writes a model as one file: `.safetensors` with the configuration as JSON in its metadata.
 * @throws InputError where it cannot be written, or a value does not fit float16.
 */
export async function writeModelFile(
  path: string,
  config: ModelConfig,
  weights: WeightFile,
  options: { dtype?: WeightPrecision } = {},
): Promise<void> {
  await writeSafetensors(path, weights, { ...options, metadata: { config: JSON.stringify(config) } });
}

/**
 * Opens a file that `writeModelFile` wrote. Weights are read lazily, one tensor at a time.
 * @throws InputError where it is no safetensors file, or carries no valid configuration.
 */
export async function openModelFile(path: string): Promise<ModelFile> {
  const source = await openFileSource(path);
  try {
    const weights = await readSafetensors(source);
    const config = storedConfig(weights);
    if (!config) throw new InputError(path, 'has no mask-rcnn config; run mask-rcnn import');
    return { config, weights };
  } catch (error) {
    await source.close();
    throw error;
  }
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
