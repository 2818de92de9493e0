import type { EvalDetection, EvalTruth } from './objects.ts';
import { assignOneToOne, inCrowd } from './one-to-one.ts';
import type { PicturePairs } from './picture-pairs.ts';
import { type JudgedDetection, judgePicture, type TideThresholds } from './tide-picture.ts';

/** An object of a picture, and whether it was found. */
export interface MarkedTruth {
  readonly object: EvalTruth;
  readonly state: 'found' | 'confused' | 'missed';
}

/** A detection that reaches the score threshold, and what is wrong with it. */
export interface MarkedDetection {
  readonly detection: EvalDetection;
  readonly state: 'correct' | 'ignored' | NonNullable<JudgedDetection['kind']>;
}

/** The objects of one picture beside its detections. */
export interface MarkedPicture {
  readonly imageId: number;
  readonly truths: readonly MarkedTruth[];
  /** By descending score. */
  readonly detections: readonly MarkedDetection[];
}

/** Marks every object and every detection of a picture; their masks are copied. */
export function markPicture(pairs: PicturePairs, score: number, thresholds: TideThresholds): MarkedPicture {
  const { imageId, objects, detections } = pairs;
  const { shown, objectOf, detectionOf } = assignOneToOne(pairs, score, thresholds.foreground);
  const judged = judgePicture(pairs, thresholds, detections.length);
  const stateOf = (d: number): MarkedDetection['state'] => {
    const object = objectOf[d];
    if (object === inCrowd) return 'ignored';
    if (object >= 0) return objects[object].categoryId === detections[d].categoryId ? 'correct' : 'class';
    // Correct by score, but another detection fits its object better.
    return judged.detections[d].kind ?? 'duplicate';
  };
  return {
    imageId,
    truths: objects.map((object, o) => {
      const detection = detectionOf[o];
      const isOwn = detection >= 0 && detections[detection].categoryId === object.categoryId;
      return { object: withOwnMask(object), state: detection < 0 ? 'missed' : isOwn ? 'found' : 'confused' };
    }),
    detections: detections
      .slice(0, shown)
      .map((detection, d) => ({ detection: withOwnMask(detection), state: stateOf(d) })),
  };
}

/** Masks of results share memory that the next picture reuses. */
function withOwnMask<T extends EvalTruth | EvalDetection>(object: T): T {
  const { mask } = object;
  return mask === undefined ? object : { ...object, mask: { ...mask, counts: mask.counts.slice() } };
}
