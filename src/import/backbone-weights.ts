import type { BackboneName } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import { renamedWeights, type WeightFile } from '../weights/weight-file.ts';
import { modelKindOf } from './model-kind.ts';
import { unwrapped } from './unwrapped.ts';

/** The layers of a classifier that are not part of the backbone: `fc.weight` in torchvision's ResNets, …. */
const classifierLayers = ['fc.', 'classifier.', '_fc.', '_conv_head.', '_bn1.'];

export interface BackboneWeights {
  /** The classifier's weights under their names in a model. Closing it closes the file. */
  readonly weights: WeightFile;
  /** A line for the user: what starts from the file, and what in it is not used. */
  readonly note: string;
}

/**
 * The weights of an image classifier, as torchvision publishes them (`resnet18-….pth`), renamed to those of a backbone.
 * @param name The backbone, for messages.
 * @param shapes Name → shape of every weight of the model.
 * @param scope Prefix of the names of the backbone's weights in the model.
 * @throws InputError where the file is not a classifier, or one with more layers than the backbone.
 */
export function backboneWeights(
  opened: WeightFile,
  name: BackboneName,
  shapes: ReadonlyMap<string, readonly number[]>,
  scope: string,
): BackboneWeights {
  const { weights: file } = unwrapped(opened);
  // torchvision's networks other than ResNets keep their layers in `features`.
  const rename = (key: string) => key.replace(/^features\./, '');
  const keys = file.keys().map(rename);
  if (keys.some((key) => key.startsWith('backbone.') || key.startsWith('rpn.'))) {
    const what = modelKindOf(file) === 'fcn' ? 'an FCN model' : 'a detector';
    throw new InputError(file.name, `is ${what}, expected a classifier; give it as "from" (--from)`);
  }
  const dropped = keys.filter((key) => classifierLayers.some((layer) => key.startsWith(layer)));
  const unknown = keys.filter(
    (key) =>
      !dropped.includes(key) && !shapes.has(`${scope}.${key}`) && !key.endsWith('.num_batches_tracked'),
  );
  if (unknown.length > 0) {
    throw new InputError(
      file.name,
      `is not a ${name}: it has ${unknown[0]} and ${plural(unknown.length - 1, 'other weight')} that the backbone lacks`,
    );
  }
  const weights = renamedWeights(file, (key) => `${scope}.${rename(key)}`);
  const layers = [...new Set(dropped.map((key) => key.slice(0, key.lastIndexOf('.'))))];
  const rest = layers.length > 0 ? `, without its classifier (${layers.join(', ')})` : '';
  const note = `${file.name}: the backbone starts from it${rest}; all other layers are initialised randomly`;
  return { weights, note };
}
