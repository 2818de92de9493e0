import type { BoxHeadConfig, MaskConfig } from '../../config/schema.ts';
import { InputError } from '../../core/errors.ts';
import type { KeyShapes } from './key-shapes.ts';
import { normAt } from './norm.ts';

const boxScope = 'roi_heads.box_head';
const maskScope = 'roi_heads.mask_head';

/**
 * The box branch's head, by the shapes of its weights.
 * @param mapChannels Channels of the maps that RoIs are pooled from.
 * @param preset Settings that shapes do not show.
 * @throws InputError where a required key is missing, or the head is not one of ours.
 */
export function readBoxHead(keys: KeyShapes, mapChannels: number, preset: BoxHeadConfig): BoxHeadConfig {
  const indices = Array.from({ length: keys.countOf(`${boxScope}.`) }, (_, i) => i);
  const convolutions = indices.flatMap((i) => keys.find(`${boxScope}.${i}.0.weight`, 4)?.slice(0, 1) ?? []);
  const numbered = indices.map((i) => `${boxScope}.${i}.weight`).filter((name) => keys.has(name));
  const names = indices.length > 0 ? numbered : [`${boxScope}.fc6.weight`, `${boxScope}.fc7.weight`];
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
    norm: normAt(keys, `${boxScope}.0.1`),
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
  if (keys.has(`${maskScope}.fc1.weight`)) return readMlpMask(keys, preset);
  const convolutions = Array.from(
    { length: keys.countOf(`${maskScope}.`) },
    (_, i) => keys.need(`${maskScope}.${i}.0.weight`, 4, 'the width of the mask branch')[0]!,
  );
  const deconvolution = keys.need(
    'roi_heads.mask_predictor.conv5_mask.weight',
    4,
    'the width of the mask predictor',
  );
  return {
    ...preset,
    // Softmax and sigmoid have the same weights.
    output: hasSingleChannel(keys) ? 'classAgnostic' : 'sigmoid',
    convolutions,
    norm: normAt(keys, `${maskScope}.0.1`),
    deconvolution: deconvolution[1]!,
  };
}

function readMlpMask(keys: KeyShapes, preset: MaskConfig): MaskConfig {
  const layers = Array.from(
    { length: keys.countOf(`${maskScope}.fc`) - 1 },
    (_, i) => keys.need(`${maskScope}.fc${i + 1}.weight`, 2, 'the width of the mask branch')[0]!,
  );
  return { ...preset, head: 'mlp', convolutions: [], fullyConnected: layers };
}

/**
 * Whether the mask predictor has one channel. With a channel for each class it has at least two: the background's too.
 */
function hasSingleChannel(keys: KeyShapes): boolean {
  return keys.find('roi_heads.mask_predictor.mask_fcn_logits.weight', 4)?.[0] === 1;
}
