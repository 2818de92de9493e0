import { MaskRcnnError } from '../core/errors.ts';
import { boxIou, rleIou } from '../ops/rle/iou.ts';
import type { EvalDetection, EvalTruth } from './objects.ts';
import { keypointSimilarity } from './oks.ts';
import type { EvalParams } from './params.ts';

/**
 * The similarity of each detection to each object.
 * @returns [detections, truths] row-major, in 0…1.
 * @throws MaskRcnnError if one lacks the box, mask or keypoints that are compared.
 */
export function similarityMatrix(
  detections: readonly EvalDetection[],
  truths: readonly EvalTruth[],
  { type, sigmas }: Pick<EvalParams, 'type' | 'sigmas'>,
): Float64Array {
  if (detections.length === 0 || truths.length === 0) return new Float64Array(0);
  if (type === 'keypoints') return keypointSimilarity(detections, truths, sigmas);
  const crowd = truths.map((truth) => truth.crowd === true);
  return type === 'segm'
    ? rleIou(detections.map(maskOf), truths.map(maskOf), crowd)
    : boxIou(detections.map(boxOf), truths.map(boxOf), crowd);
}

function maskOf({ mask }: EvalTruth | EvalDetection) {
  if (mask === undefined) throw new MaskRcnnError('an object without a mask cannot be evaluated as segm');
  return mask;
}

function boxOf({ box }: EvalTruth | EvalDetection) {
  if (box === undefined) throw new MaskRcnnError('an object without a box cannot be evaluated as bbox');
  return box;
}
