import { jointsFor } from '../../config/coco-joints.ts';
import { type KeypointConfig, keypointSchema } from '../../config/schema.ts';
import { keypointPreset } from '../../config/structure-presets.ts';
import { scopes } from '../../model/weight-names.ts';
import type { KeyShapes } from './key-shapes.ts';

/**
 * Recognises the keypoint branch by a file's keys; null where there is none.
 * @throws InputError where a required key is missing.
 */
export function readKeypoint(keys: KeyShapes): KeypointConfig | null {
  if (!keys.hasPrefix('roi_heads.keypoint_')) return null;
  // Odd numbers belong to ReLUs.
  const convolutions = Array.from(
    { length: Math.ceil(keys.countOf(`${scopes.keypointHead}.`) / 2) },
    (_, i) => keys.need(`${scopes.keypointHead}.${2 * i}.weight`, 4, 'the width of the keypoint branch')[0]!,
  );
  const joints = keys.need(`${scopes.keypointLogits}.weight`, 4, 'the number of keypoints')[1]!;
  return keypointSchema.parse({ ...keypointPreset, convolutions, ...jointsFor(joints) });
}
