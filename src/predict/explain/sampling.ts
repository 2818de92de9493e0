import type { BoxConfig } from '../../config/schema.ts';
import { largest } from '../../core/extremes.ts';
import { seededRandom } from '../../core/random.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { Sampling } from '../../explanation/training.ts';
import { roiTargets } from '../../model/targets-roi.ts';
import { boxAt, scaleBoxes, takeBoxes } from '../../ops/boxes.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { boxList, overlapOf } from './plain.ts';

/** The same sample in every report of a picture. */
const seed = 1;

/** The true objects, boxes in pixels of the resized picture; masks keep the original's size. */
export function resizedTruth(truth: GroundTruth, scale: { x: number; y: number }): GroundTruth {
  return { ...truth, boxes: scaleBoxes(truth.boxes, scale) };
}

/** Stage 5: which proposals training would sample as objects and which as background. */
export function describeSampling(proposals: Float32Array, truth: GroundTruth, config: BoxConfig): Sampling {
  const { boxes, labels } = roiTargets(proposals, truth, config, seededRandom(seed));
  const ofKind = (isObject: boolean) => {
    const indices = [...labels.keys()].filter((i) => labels[i] > 0 === isObject);
    return boxList(takeBoxes(boxes, indices));
  };
  return {
    objects: boxList(truth.boxes),
    foreground: config.training.fgIouThresh,
    background: config.training.bgIouThresh,
    batch: config.training.batchSizePerImage,
    fraction: config.training.positiveFraction,
    positives: ofKind(true),
    negatives: ofKind(false),
  };
}

/** The object that a box overlaps most, as a position in the truth; null where there is no object. */
export function bestObject(
  box: PlainBox,
  { boxes, labels }: GroundTruth,
): { index: number; overlap: number } | null {
  if (labels.length === 0) return null;
  const overlaps = Array.from(labels, (_, i) => overlapOf(box, boxAt(boxes, i)));
  const overlap = largest(overlaps);
  return { index: overlaps.indexOf(overlap), overlap };
}
