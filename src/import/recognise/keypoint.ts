import { jointsFor } from '../../config/coco-joints.ts';
import { type KeypointConfig, keypointSchema } from '../../config/schema.ts';
import { keypointPreset } from '../../config/structure-presets.ts';
import type { KeyShapes } from './key-shapes.ts';

const scope = 'roi_heads.keypoint_head.';

/**
 * Recognises the keypoint branch by a file's keys; null where there is none.
 * @throws InputError where a required key is missing.
 */
export function readKeypoint(keys: KeyShapes): KeypointConfig | null {
  if (!keys.hasPrefix('roi_heads.keypoint_')) return null;
  // Odd numbers belong to ReLUs.
  const convolutions = Array.from(
    { length: Math.ceil(keys.countOf(scope) / 2) },
    (_, i) => keys.need(`${scope}${2 * i}.weight`, 4, 'the width of the keypoint branch')[0]!,
  );
  const predictor = 'roi_heads.keypoint_predictor.kps_score_lowres.weight';
  const joints = keys.need(predictor, 4, 'the number of keypoints')[1]!;
  return keypointSchema.parse({ ...keypointPreset, convolutions, ...jointsFor(joints) });
}
