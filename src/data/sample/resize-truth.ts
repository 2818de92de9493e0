import { type Size, scaleBoxes } from '../../ops/boxes.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { movePoses } from '../../ops/poses.ts';
import { resizeMask } from './mask-geometry.ts';
import type { Sample } from './sample.ts';

/**
 * The objects of a sample in the pixels of its picture at another size (torchvision `GeneralizedRCNNTransform`): boxes and
 * keypoints are scaled, masks are resized by nearest neighbour.
 */
export function resizeTruth({ picture, ...truth }: Sample, size: Size): GroundTruth {
  if (size.width === picture.width && size.height === picture.height) return truth;
  const [x, y] = [size.width / picture.width, size.height / picture.height];
  return {
    ...truth,
    boxes: scaleBoxes(truth.boxes, { x, y }),
    masks: truth.masks.map((mask) => resizeMask(mask, size)),
    ...(truth.poses ? { poses: movePoses(truth.poses, (px, py) => [px * x, py * y]) } : {}),
  };
}
