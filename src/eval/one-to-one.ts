import type { PicturePairs } from './picture-pairs.ts';

/** Which detection belongs to which object at a score threshold. */
export interface Assignment {
  /** Number of detections, by descending score, that reach the score threshold. */
  readonly shown: number;
  /** Per shown detection: index of its object, −1 if it has none, −2 if it has none and lies in a crowd. */
  readonly objectOf: Int32Array;
  /** Per object: index of its detection, −1 if it has none. */
  readonly detectionOf: Int32Array;
}

/** `objectOf` of a detection that is neither right nor wrong. */
export const inCrowd = -2;

/**
 * Assigns the detections that reach a score to the objects, one to one, across categories: pairs of equal category
 * first, then in the order of descending IoU. An object that was detected in its own category is therefore never
 * counted as confused.
 * @param iou Minimum IoU of a pair.
 */
export function assignOneToOne(pairs: PicturePairs, score: number, iou: number): Assignment {
  const { detections, objects } = pairs;
  const firstBelow = detections.findIndex((detection) => detection.score < score);
  const shown = firstBelow < 0 ? detections.length : firstBelow;
  const candidates: { d: number; o: number; own: boolean; value: number }[] = [];
  for (let d = 0; d < shown; d++) {
    for (let o = 0; o < objects.length; o++) {
      const value = pairs.iou[d * objects.length + o];
      if (value >= iou)
        candidates.push({ d, o, value, own: detections[d].categoryId === objects[o].categoryId });
    }
  }
  candidates.sort((a, b) => Number(b.own) - Number(a.own) || b.value - a.value || a.d - b.d || a.o - b.o);
  const objectOf = new Int32Array(shown).fill(-1);
  const detectionOf = new Int32Array(objects.length).fill(-1);
  for (const { d, o } of candidates) {
    if (objectOf[d] >= 0 || detectionOf[o] >= 0) continue;
    objectOf[d] = o;
    detectionOf[o] = d;
  }
  for (let d = 0; d < shown; d++) if (objectOf[d] < 0 && pairs.inCrowd[d] >= iou) objectOf[d] = inCrowd;
  return { shown, objectOf, detectionOf };
}
