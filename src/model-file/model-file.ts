import type { AnyModelConfig } from '../config/any-config.ts';
import type { WeightPrecision } from '../weights/elements/encode.ts';
import { openFileSource } from '../weights/file-source.ts';
import { readSafetensors } from '../weights/safetensors/reader.ts';
import { writeSafetensors } from '../weights/safetensors/writer.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { type ModelFile, readAnyModel, readModel } from './read-model.ts';

/**
 * Writes a model as one file: `.safetensors` with the configuration as JSON in its metadata.
 * @throws InputError where it cannot be written, or a value does not fit float16.
 */
export async function writeModelFile(
  path: string,
  config: AnyModelConfig,
  weights: WeightFile,
  options: { dtype?: WeightPrecision } = {},
): Promise<void> {
  await writeSafetensors(path, weights, { ...options, metadata: { config: JSON.stringify(config) } });
}

/**
 * Opens a detector that `writeModelFile` wrote. Weights are read lazily, one tensor at a time.
 * @throws InputError where it is not a safetensors file, has no valid configuration, or is an FCN model.
 */
export function openModelFile(path: string): Promise<ModelFile> {
  return open(path, readModel);
}

/**
 * Opens a model of any kind that `writeModelFile` wrote, discriminated by `config.kind`.
 * @throws InputError where it is not a safetensors file, or has no valid configuration.
 */
export function openAnyModelFile(path: string): Promise<ModelFile<AnyModelConfig>> {
  return open(path, readAnyModel);
}

async function open<Model>(path: string, read: (weights: WeightFile) => Model): Promise<Model> {
  const source = await openFileSource(path);
  try {
    return read(await readSafetensors(source));
  } catch (error) {
    await source.close();
    throw error;
  }
}
