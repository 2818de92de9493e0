import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import type { Picture } from '../../image/picture.ts';
import { type PlaneChoice, titleOfPlane } from '../../image/plane-choice.ts';
import type { Size } from '../../ops/boxes.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { joinColumns } from '../../ops/mask-columns.ts';
import { clipPoses, type Poses, takePoses } from '../../ops/poses.ts';
import { rleArea, rleBox } from '../../ops/rle/measure.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import { frameProblem } from '../coco/frame.ts';
import { boxOf, maskOf } from '../coco/truth.ts';
import type { CocoBox, CocoSegmentation } from '../coco/types.ts';

/** A picture and its true objects, in the picture's pixels. */
export interface Sample extends GroundTruth {
  readonly picture: Picture;
}

/** One object of a picture that has not been decoded yet. */
export interface RecordedObject {
  /** Annotation id, for messages. */
  readonly id: number;
  /** Class index, 1 and up. */
  readonly label: number;
  readonly segmentation?: CocoSegmentation;
  readonly bbox?: CocoBox;
  /** False if the mask branch does not learn the box of an object without a segmentation. Default: true. */
  readonly hasMask?: boolean;
  /** x, y, visibility of each keypoint. */
  readonly keypoints?: ArrayLike<number>;
}

/** A picture file and its annotations. */
export interface PictureRecord {
  readonly path: string;
  /** Which part of the file is the picture; see `PlaneChoice`. */
  readonly choice?: PlaneChoice;
  readonly width: number;
  readonly height: number;
  readonly objects: readonly RecordedObject[];
  /** Class indices of which objects may be unannotated; see `GroundTruth`. */
  readonly unknown?: readonly number[];
}

/** What messages call a picture. */
export function titleOf({ path, choice = {} }: PictureRecord): string {
  return titleOfPlane(path, choice);
}

/** Objects narrower or lower than this many pixels are left out: their boxes cannot be encoded. */
export const minObjectSize = 1;

/**
 * Combines a decoded picture with its annotations. An object without a segmentation is its box; one without
 * pixels is left out.
 * @param mirrored The keypoint that each becomes in a mirror image, if keypoints are learned; objects without
 * annotated keypoints then get unlabelled ones.
 * @throws InputError if the picture's size differs from its record's, or a mask or keypoints do not fit.
 */
export function makeSample(
  picture: Picture,
  record: PictureRecord,
  mirrored: readonly number[] | null = null,
): Sample {
  const problem = frameProblem(record, picture);
  if (problem !== undefined) throw new InputError(record.path, problem);
  const kept: { label: number; mask: Rle; box: readonly number[]; object: RecordedObject }[] = [];
  for (const object of record.objects) {
    const mask = maskOfObject(object, picture);
    const box = boxOfObject(object, mask, picture);
    if (box) kept.push({ label: object.label, mask, box, object });
  }
  return {
    picture,
    boxes: Float32Array.from(kept.flatMap(({ box }) => box)),
    labels: Int32Array.from(kept, ({ label }) => label),
    masks: kept.map(({ mask }) => mask),
    ...(kept.some(({ object }) => object.hasMask === false)
      ? { hasMask: kept.map(({ object }) => object.hasMask !== false) }
      : {}),
    ...(record.unknown ? { unknown: record.unknown } : {}),
    ...(mirrored
      ? {
          poses: posesOf(
            kept.map(({ object }) => object),
            mirrored,
          ),
        }
      : {}),
  };
}

/** Of all objects: poses, whose keypoints outside the picture become unlabelled, and `hasMask` of `GroundTruth`. */
type FurtherTruth = { readonly [Name in 'poses' | 'hasMask']?: GroundTruth[Name] | undefined };

/** The sample with new pixels and masks; see `truthOf`. */
export function withMasks(
  picture: Picture,
  masks: readonly Rle[],
  labels: ArrayLike<number>,
  more: FurtherTruth = {},
): Sample {
  return { picture, ...truthOf(picture, masks, labels, more) };
}

/**
 * The objects of a picture by their masks: boxes are measured from these, and objects too small for a box are dropped.
 * @param masks One per object, of the picture's size.
 */
export function truthOf(
  size: Size,
  masks: readonly Rle[],
  labels: ArrayLike<number>,
  { poses, hasMask }: FurtherTruth = {},
): GroundTruth {
  const boxes: number[] = [];
  const kept: number[] = [];
  masks.forEach((mask, i) => {
    const [x, y, width, height] = rleBox(mask);
    if (width < minObjectSize || height < minObjectSize) return;
    boxes.push(x, y, x + width, y + height);
    kept.push(i);
  });
  return {
    boxes: Float32Array.from(boxes),
    labels: Int32Array.from(kept, (i) => labels[i]),
    masks: kept.map((i) => masks[i]),
    ...(hasMask ? { hasMask: kept.map((i) => hasMask[i]) } : {}),
    ...(poses ? { poses: takePoses(clipPoses(poses, size), kept) } : {}),
  };
}

function posesOf(objects: readonly RecordedObject[], mirrored: readonly number[]): Poses {
  const size = 3 * mirrored.length;
  const joints = new Float32Array(objects.length * size);
  objects.forEach(({ id, keypoints }, i) => {
    if (keypoints === undefined) return;
    if (keypoints.length !== size) {
      const expected = `x, y and visibility of ${plural(mirrored.length, 'keypoint')} (${size} numbers)`;
      throw new InputError(`annotation ${id}`, `keypoints: expected ${expected}, got ${keypoints.length}`);
    }
    joints.set(keypoints, i * size);
  });
  return { points: joints, mirrored };
}

function maskOfObject(object: RecordedObject, picture: Picture): Rle {
  if (object.segmentation !== undefined) return maskOf(object, picture);
  if (!object.bbox) throw new InputError(`annotation ${object.id}`, 'has neither a segmentation nor a bbox');
  const [x, y, width, height] = object.bbox.map(Math.round);
  return joinColumns([picture.height, picture.width], (column, emit) => {
    if (column < x || column >= x + width) return;
    emit(Math.max(y, 0), Math.min(y + height, picture.height));
  });
}

/** The annotated box, clipped to the picture; measured from the mask if none is annotated. */
function boxOfObject(object: RecordedObject, mask: Rle, picture: Picture): number[] | null {
  if (rleArea(mask) === 0) return null;
  const [x, y, width, height] = boxOf(object, mask);
  const box = [
    Math.max(x, 0),
    Math.max(y, 0),
    Math.min(x + width, picture.width),
    Math.min(y + height, picture.height),
  ];
  return box[2] - box[0] >= minObjectSize && box[3] - box[1] >= minObjectSize ? box : null;
}
