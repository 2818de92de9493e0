import type { SemanticConfig } from '../config/semantic.ts';
import { semanticWeights } from '../model/fcn.ts';
import { type ModelFile, semanticConfig, storedConfig } from '../model-file/read-model.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { openWeights } from '../weights/open-weights.ts';
import { shapesOf } from '../weights/weight-file.ts';
import { recogniseSemantic } from './recognise/semantic.ts';
import { unwrapped } from './unwrapped.ts';

/**
 * Opens FCN: a model file of ours, which carries its configuration, or torchvision's weights, whose configuration is
 * recognised by names and shapes.
 * @throws InputError where the file is missing, damaged, or not an FCN model.
 */
export async function openSemanticFile(path: string): Promise<ModelFile<SemanticConfig>> {
  const opened = await openWeights(path);
  const { weights: file } = unwrapped(opened);
  try {
    const shapes = shapesOf(file);
    const stored = storedConfig(file);
    const config = stored ? semanticConfig(path, stored) : recogniseSemantic(path, shapes);
    checkKeys(path, semanticWeights(config), shapes);
    return { config, weights: file };
  } catch (error) {
    await file.close();
    throw error;
  }
}
