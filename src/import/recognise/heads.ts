import type { BoxHeadConfig, MaskConfig } from '../../config/schema.ts';
import { InputError } from '../../core/errors.ts';
import { scopes } from '../../model/weight-names.ts';
import type { KeyShapes } from './key-shapes.ts';
import { normAt } from './norm.ts';

/**
 * The box branch's head, by the shapes of its weights.
 * @param mapChannels Channels of the maps that RoIs are pooled from.
 * @param preset Settings that shapes do not show.
 * @throws InputError where a required key is missing, or the head is not one of ours.
 */
export function readBoxHead(keys: KeyShapes, mapChannels: number, preset: BoxHeadConfig): BoxHeadConfig {
  const indices = Array.from({ length: keys.countOf(`${scopes.boxHead}.`) }, (_, i) => i);
  const convolutions = indices.flatMap(
    (i) => keys.find(`${scopes.boxHead}.${i}.0.weight`, 4)?.slice(0, 1) ?? [],
  );
  const numbered = indices.map((i) => `${scopes.boxHead}.${i}.weight`).filter((name) => keys.has(name));
  const names =
    indices.length > 0 ? numbered : [`${scopes.boxHead}.fc6.weight`, `${scopes.boxHead}.fc7.weight`];
  const layers = names.map((name) => keys.need(name, 2, 'the width of the box branch'));
  const first = layers[0];
  if (!first) throw new InputError(keys.source, 'has a box branch without fully connected layers');
  const resolution = Math.sqrt(first[1]! / (convolutions.at(-1) ?? mapChannels));
  if (!Number.isInteger(resolution)) {
    throw new InputError(
      keys.source,
      `${names[0]} takes ${first[1]} features, which is not a square RoI of its channels`,
    );
  }
  return {
    pool: { ...preset.pool, resolution },
    convolutions,
    norm: normAt(keys, `${scopes.boxHead}.0.1`),
    fullyConnected: layers.map((shape) => shape[0]!),
  };
}

/**
 * The mask branch, by the shapes of its weights; null where there is none.
 * @param preset Settings that shapes do not show.
 * @throws InputError where a required key is missing.
 */
export function readMask(keys: KeyShapes, preset: MaskConfig): MaskConfig | null {
  if (!keys.hasPrefix('roi_heads.mask_')) return null;
  if (keys.has(`${scopes.maskHead}.fc1.weight`)) return readMlpMask(keys, preset);
  const convolutions = Array.from(
    { length: keys.countOf(`${scopes.maskHead}.`) },
    (_, i) => keys.need(`${scopes.maskHead}.${i}.0.weight`, 4, 'the width of the mask branch')[0]!,
  );
  const deconvolution = keys.need(`${scopes.maskDeconvolution}.weight`, 4, 'the width of the mask predictor');
  return {
    ...preset,
    // Softmax and sigmoid have the same weights.
    output: hasSingleChannel(keys) ? 'classAgnostic' : 'sigmoid',
    convolutions,
    norm: normAt(keys, `${scopes.maskHead}.0.1`),
    deconvolution: deconvolution[1]!,
  };
}

function readMlpMask(keys: KeyShapes, preset: MaskConfig): MaskConfig {
  const layers = Array.from(
    { length: keys.countOf(`${scopes.maskHead}.fc`) - 1 },
    (_, i) => keys.need(`${scopes.maskHead}.fc${i + 1}.weight`, 2, 'the width of the mask branch')[0]!,
  );
  return { ...preset, head: 'mlp', convolutions: [], fullyConnected: layers };
}

/**
 * Whether the mask predictor has one channel. With a channel for each class it has at least two: the background's too.
 */
function hasSingleChannel(keys: KeyShapes): boolean {
  return keys.find(`${scopes.maskLogits}.weight`, 4)?.[0] === 1;
}
