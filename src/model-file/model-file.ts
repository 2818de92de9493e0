import type { AnyModelConfig } from '../config/any-config.ts';
import type { ModelConfig } from '../config/schema.ts';
import { checkOptions } from '../core/options.ts';
import type { WeightPrecision } from '../weights/elements/encode.ts';
import { openFileSource } from '../weights/file-source.ts';
import { readSafetensors } from '../weights/safetensors/reader.ts';
import { writeSafetensors } from '../weights/safetensors/writer.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { type ModelCard, storedCard } from './card.ts';
import type { StoredQuantization } from './quantization.ts';
import { type ModelFile, readModel } from './read-model.ts';

export interface WriteModelOptions {
  /** How the weights are stored. Default `float32`. */
  dtype?: WeightPrecision | undefined;
  /** Stored in the file; null or absent: none. */
  card?: ModelCard | null | undefined;
  /** Stored in the file; null or absent: none. */
  quantization?: StoredQuantization | null | undefined;
  /** Names of the weights to store with eight bits, row by row. Default: none. */
  int8?: ReadonlySet<string> | undefined;
}

/**
 * Writes a model as one file: `.safetensors` with the configuration, and its card if there is one, as JSON in its metadata.
 * @throws InputError where it cannot be written, or a value does not fit float16; UsageError where an
 *   option is unknown.
 * @example
 * ```ts
 * import { openModelFile, writeModelFile } from 'mask-rcnn';
 *
 * const { config, weights } = await openModelFile('model.safetensors');
 * // Shows weaker instances by default, in half the space.
 * await writeModelFile('small.safetensors', { ...config, defaultScore: 0.3 }, weights, { dtype: 'float16' });
 * await weights.close();
 * ```
 */
export async function writeModelFile(
  path: string,
  config: AnyModelConfig,
  weights: WeightFile,
  options: WriteModelOptions = {},
): Promise<void> {
  checkOptions('writeModelFile', options, { dtype: true, card: true, quantization: true, int8: true });
  const { card = null, dtype, quantization = null, int8 } = options;
  const metadata = {
    config: JSON.stringify(config),
    ...(card ? { card: JSON.stringify(card) } : {}),
    ...(quantization ? { quantization: JSON.stringify(quantization) } : {}),
  };
  await writeSafetensors(path, weights, {
    ...(dtype ? { dtype } : {}),
    ...(int8 ? { int8 } : {}),
    metadata,
  });
}

/**
 * Reads what a detector's file says about it.
 * @throws what `openModelFile` throws; InputError if the card is invalid.
 */
export async function describeModelFile(
  path: string,
): Promise<{ config: ModelConfig; card: ModelCard | null }> {
  const { config, weights } = await openModelFile(path);
  try {
    return { config, card: storedCard(weights) };
  } finally {
    await weights.close();
  }
}

/** The configuration in a detector's file. @throws what `openModelFile` throws. */
export async function readModelConfig(path: string): Promise<ModelConfig> {
  const { config, weights } = await openModelFile(path);
  await weights.close();
  return config;
}

/**
 * Opens a detector that `writeModelFile` wrote. Weights are read lazily, one tensor at a time.
 * @throws InputError if it is not a safetensors file, has no valid configuration, or is an FCN model.
 * @example
 * ```ts
 * import { openModelFile } from 'mask-rcnn';
 *
 * const { config, weights } = await openModelFile('model.safetensors');
 * console.log(config.backbone.name, config.categories, weights.keys().length);
 * await weights.close();
 * ```
 */
export async function openModelFile(path: string): Promise<ModelFile> {
  const source = await openFileSource(path);
  try {
    return readModel(await readSafetensors(source));
  } catch (error) {
    await source.close();
    throw error;
  }
}
