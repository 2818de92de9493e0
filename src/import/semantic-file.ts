import { isSemanticConfig, parseSemanticConfig, type SemanticConfig } from '../config/semantic.ts';
import { semanticWeights } from '../model/fcn.ts';
import { storedJson } from '../model-file/read-model.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { openWeights } from '../weights/open-weights.ts';
import { renamedWeights, shapesOf, type WeightFile } from '../weights/weight-file.ts';
import { recogniseSemantic } from './recognise/semantic.ts';
import { translationOf } from './torchvision/legacy-names.ts';

/** FCN: how it is built, and its weights. */
export interface SemanticFile {
  config: SemanticConfig;
  /** Parameters under torchvision's names; the caller closes it. */
  weights: WeightFile;
}

/**
 * Opens the weights of FCN. A model file of ours carries its configuration; of torchvision's weights it is told from
 * names and shapes.
 * @throws InputError where the file is missing, damaged, or no FCN.
 */
export async function openSemanticFile(path: string): Promise<SemanticFile> {
  const file = await openUnwrapped(path);
  try {
    const shapes = shapesOf(file);
    const stored = storedJson(file);
    const config = isSemanticConfig(stored)
      ? parseSemanticConfig(path, stored)
      : recogniseSemantic(path, shapes);
    checkKeys(path, semanticWeights(config), shapes);
    return { config, weights: file };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Whether a file holds FCN and not a detector. @throws InputError where it is no weight file. */
export async function isSemanticFile(path: string): Promise<boolean> {
  const file = await openUnwrapped(path);
  const keys = new Set(file.keys());
  await file.close();
  return keys.has('backbone.conv1.weight') && keys.has('classifier.4.weight');
}

async function openUnwrapped(path: string): Promise<WeightFile> {
  const file = await openWeights(path);
  const { wrapped, rename } = translationOf(file.keys());
  return wrapped ? renamedWeights(file, rename) : file;
}
