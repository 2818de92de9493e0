import { replaceMetadata } from '../weights/safetensors/replace-metadata.ts';
import { readModelConfig } from './model-file.ts';

/** The default score threshold of the detector in a file. @throws what `openModelFile` throws. */
export async function readDefaultScore(path: string): Promise<number> {
  return (await readModelConfig(path)).defaultScore;
}

/**
 * Stores another default score threshold in the file of a detector; nothing else in it changes.
 * @param score 0…1.
 * @throws what `openModelFile` throws; InputError if it cannot be written.
 */
export async function writeDefaultScore(path: string, score: number): Promise<void> {
  const config = await readModelConfig(path);
  await replaceMetadata(path, { config: JSON.stringify({ ...config, defaultScore: score }) });
}
