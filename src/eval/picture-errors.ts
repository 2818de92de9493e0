import { type Assignment, inCrowd } from './one-to-one.ts';
import type { PicturePairs } from './picture-pairs.ts';

/** What is right and wrong in one picture at the score threshold. */
export interface PictureErrors {
  readonly imageId: number;
  readonly objects: number;
  /** Detections whose object is of their category. */
  readonly correct: number;
  /** Detections whose object is of another category. */
  readonly confused: number;
  /** Detections without an object: duplicates, badly placed ones and background. */
  readonly unfounded: number;
  /** Objects without a detection. */
  readonly missed: number;
  /** 2 TP / (2 TP + FP + FN); 1 if there is nothing to find and nothing was found. */
  readonly f1: number;
}

/** Counts the errors of a picture. */
export function pictureErrors(pairs: PicturePairs, { objectOf, detectionOf }: Assignment): PictureErrors {
  const { imageId, objects, detections } = pairs;
  let correct = 0;
  let confused = 0;
  let unfounded = 0;
  objectOf.forEach((object, d) => {
    if (object === inCrowd) return;
    if (object < 0) unfounded++;
    else if (objects[object].categoryId === detections[d].categoryId) correct++;
    else confused++;
  });
  const missed = detectionOf.filter((detection) => detection < 0).length;
  const all = 2 * correct + 2 * confused + unfounded + missed;
  const f1 = all === 0 ? 1 : (2 * correct) / all;
  return { imageId, objects: objects.length, correct, confused, unfounded, missed, f1 };
}

/** The pictures with errors, by ascending F1; of equals, those with more errors first. */
export function worstPictures(pictures: readonly PictureErrors[], count: number): PictureErrors[] {
  const errors = ({ confused, unfounded, missed }: PictureErrors) => confused + unfounded + missed;
  return pictures
    .filter((picture) => errors(picture) > 0)
    .sort((a, b) => a.f1 - b.f1 || errors(b) - errors(a) || a.imageId - b.imageId)
    .slice(0, count);
}
