import { MaskRcnnError } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import { areaOf, type EvalDetection, type EvalTruth } from './objects.ts';

/** numpy.spacing(1): keeps a division by an area of 0 finite. */
const epsilon = Number.EPSILON;

/**
 * Object keypoint similarity (https://cocodataset.org/#keypoints-eval, `computeOks` of pycocotools): the mean
 * over the labelled keypoints of exp(−d² / (2 · area · (2σ)²)). If the truth has no labelled keypoints, all keypoints
 * count, and d is the distance of each from the truth's box extended on each side by its width or height.
 * @returns [detections, truths] row-major, in 0…1.
 * @throws MaskRcnnError if the number of keypoints differs from that of the sigmas, or a required box is absent.
 */
export function keypointSimilarity(
  detections: readonly EvalDetection[],
  truths: readonly EvalTruth[],
  sigmas: readonly number[],
): Float64Array {
  const similarity = new Float64Array(detections.length * truths.length);
  const variances = sigmas.map((sigma) => (sigma * 2) ** 2);
  detections.forEach((detection, d) => {
    const found = jointsOf(detection, sigmas.length);
    truths.forEach((truth, t) => {
      const squares = squaredDistances(truth, found, sigmas.length);
      const area = areaOf(truth) + epsilon;
      let sum = 0;
      let joints = 0;
      for (let joint = 0; joint < sigmas.length; joint++) {
        if (squares[joint] < 0) continue;
        sum += Math.exp(-(squares[joint] / variances[joint] / area / 2));
        joints++;
      }
      similarity[d * truths.length + t] = sum / joints;
    });
  });
  return similarity;
}

/** Per keypoint in pixels², −1 if it does not count. */
function squaredDistances(truth: EvalTruth, found: ArrayLike<number>, joints: number): Float64Array {
  const labelled = jointsOf(truth, joints);
  const squares = new Float64Array(joints).fill(-1);
  let hasLabelled = false;
  for (let joint = 0; joint < joints; joint++) {
    if (labelled[3 * joint + 2] <= 0) continue;
    hasLabelled = true;
    const dx = found[3 * joint] - labelled[3 * joint];
    const dy = found[3 * joint + 1] - labelled[3 * joint + 1];
    squares[joint] = dx * dx + dy * dy;
  }
  if (hasLabelled) return squares;
  if (truth.box === undefined) throw new MaskRcnnError('an object without labelled keypoints needs a box');
  const [x, y, width, height] = truth.box;
  for (let joint = 0; joint < joints; joint++) {
    const dx = outside(found[3 * joint], x - width, x + width * 2);
    const dy = outside(found[3 * joint + 1], y - height, y + height * 2);
    squares[joint] = dx * dx + dy * dy;
  }
  return squares;
}

function outside(value: number, low: number, high: number): number {
  return Math.max(0, low - value) + Math.max(0, value - high);
}

function jointsOf({ keypoints }: EvalTruth | EvalDetection, joints: number): ArrayLike<number> {
  if (keypoints?.length !== 3 * joints) {
    const got = keypoints === undefined ? 'none' : plural(keypoints.length, 'number');
    throw new MaskRcnnError(
      `keypoints: expected ${plural(joints, 'keypoint')} (${3 * joints} numbers), got ${got}`,
    );
  }
  return keypoints;
}
