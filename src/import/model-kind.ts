import type { ModelKind } from '../config/any-config.ts';
import { semanticScopes } from '../model/weight-names.ts';
import { storedConfig } from '../model-file/read-model.ts';
import { openWeights } from '../weights/open-weights.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { unwrapped } from './unwrapped.ts';

/**
 * The kind of model in a file, by its configuration. Weights of other tools do not have one: torchvision's FCN is then
 * recognised by its names, and everything else counts as a detector.
 * @throws InputError where its configuration is invalid.
 */
export function modelKindOf(file: WeightFile): ModelKind {
  return storedConfig(file)?.kind ?? (hasSemanticNames(unwrapped(file).weights.keys()) ? 'fcn' : 'detector');
}

/**
 * The same for the file at a path.
 * @throws InputError where it is not a weight file, or its configuration is invalid.
 */
export async function modelKindAt(path: string): Promise<ModelKind> {
  const file = await openWeights(path);
  try {
    return modelKindOf(file);
  } finally {
    await file.close();
  }
}

function hasSemanticNames(keys: readonly string[]): boolean {
  const names = new Set(keys);
  return (
    names.has(`${semanticScopes.backbone}.conv1.weight`) && names.has(`${semanticScopes.main.logits}.weight`)
  );
}
