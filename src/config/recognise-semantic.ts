import { InputError } from '../core/errors.ts';
import { KeyShapes } from './key-shapes.ts';
import { parseSemanticConfig, type SemanticConfig, vocClasses } from './semantic.ts';

/**
 * Tells torchvision's `fcn_resnet50` and `fcn_resnet101` from names and shapes of weights.
 * @param source The file, for messages.
 * @throws InputError where it is another model, or a key that tells something is missing.
 */
export function recogniseSemantic(
  source: string,
  shapes: ReadonlyMap<string, readonly number[]>,
): SemanticConfig {
  const keys = new KeyShapes(source, shapes);
  if (!keys.has('classifier.4.weight'))
    throw new InputError(source, 'is no FCN: it has no classifier.4.weight');
  const classes = keys.need('classifier.4.weight', 4, 'the number of classes')[0]!;
  const width = keys.need('backbone.conv1.weight', 4, 'the width of the backbone')[0]!;
  const name = keys.countOf('backbone.layer3.') > 6 ? 'resnet101' : 'resnet50';
  const names = classes === vocClasses.length ? vocClasses : undefined;
  return parseSemanticConfig(source, {
    // torchvision's `SemanticSegmentation` preset: the shorter side becomes 520.
    preprocess: { minSize: 520, maxSize: 2048 },
    backbone: { name, norm: { kind: 'batchNorm' }, width },
    auxiliary: keys.has('aux_classifier.4.weight'),
    categories: Array.from({ length: classes }, (_, id) => ({
      id,
      name: names?.[id] ?? (id === 0 ? 'background' : `class_${id}`),
    })),
  });
}
