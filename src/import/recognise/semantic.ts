import { resnetTable } from '../../config/resnet-table.ts';
import {
  parseSemanticConfig,
  type SemanticConfig,
  semanticPreset,
  vocClasses,
} from '../../config/semantic.ts';
import { InputError } from '../../core/errors.ts';
import { placeholderName } from '../../core/placeholder-name.ts';
import { semanticScopes } from '../../model/weight-names.ts';
import { KeyShapes } from './key-shapes.ts';

/**
 * Recognises torchvision's `fcn_resnet50` and `fcn_resnet101` by the names and shapes of weights.
 * @param source The file, for messages.
 * @throws InputError where it is another model, or a required key is missing.
 */
export function recogniseSemantic(
  source: string,
  shapes: ReadonlyMap<string, readonly number[]>,
): SemanticConfig {
  const keys = new KeyShapes(source, shapes);
  const logits = `${semanticScopes.main.logits}.weight`;
  if (!keys.has(logits)) throw new InputError(source, `is not an FCN model: it has no ${logits}`);
  const objects = keys.need(logits, 4, 'the number of classes')[0]! - 1;
  const width = keys.need(`${semanticScopes.backbone}.conv1.weight`, 4, 'the width of the backbone')[0]!;
  const names = objects === vocClasses.length ? vocClasses : [];
  const categories = Array.from({ length: objects }, (_, i) => ({
    id: i + 1,
    name: names[i] ?? placeholderName(i + 1),
  }));
  const isDeep = keys.countOf(`${semanticScopes.backbone}.layer3.`) > resnetTable.resnet50.blocks[2];
  const preset = semanticPreset(isDeep ? 'fcn_resnet101' : 'fcn_resnet50', categories, source);
  return parseSemanticConfig(source, {
    ...preset,
    backbone: { ...preset.backbone, width },
    auxiliary: keys.has(`${semanticScopes.auxiliary.logits}.weight`),
  });
}
