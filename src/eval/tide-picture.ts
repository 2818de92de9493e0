import type { PicturePairs } from './picture-pairs.ts';

/** TIDE's kinds of error in its order; each false positive has one of the first five (Bolya et al. 2020, section 2.2). */
export const tideKinds = ['class', 'location', 'both', 'duplicate', 'background', 'missed'] as const;

export type TideKind = (typeof tideKinds)[number];

/** A detection as TIDE judges it. */
export interface JudgedDetection {
  /** Null if it is correct. */
  readonly kind: Exclude<TideKind, 'missed'> | null;
  /** Matched no object but lies in a crowd: it is not counted. */
  readonly ignored: boolean;
  /**
   * The category in which it would be correct without its error; null if no correction makes it correct, since its
   * object has been found or a better detection takes it.
   */
  readonly corrected: number | null;
}

/** A picture as TIDE judges it. */
export interface JudgedPicture {
  /** In the order of `PicturePairs.detections`. */
  readonly detections: readonly JudgedDetection[];
  /** Per object of `PicturePairs.objects`: whether it was found, could be found if an error were corrected, or neither. */
  readonly objects: readonly ('found' | 'correctable' | 'missed')[];
}

export interface TideThresholds {
  /** IoU at or above which a detection can match an object. TIDE: 0.5. */
  readonly foreground: number;
  /** IoU up to which a detection lies on the background. TIDE: 0.1. */
  readonly background: number;
}

/**
 * Finds the kind of error of every detection, as the `tidecv` package does.
 * @param most Number of best-scoring detections that are judged.
 */
export function judgePicture(pairs: PicturePairs, thresholds: TideThresholds, most: number): JudgedPicture {
  const detections = pairs.detections.slice(0, most);
  const { objects } = pairs;
  const objectOf = matchByScore(pairs, detections.length, thresholds.foreground);
  const isFound = new Uint8Array(objects.length);
  for (const object of objectOf) if (object >= 0) isFound[object] = 1;
  const correctedBy = new Int32Array(objects.length).fill(-1);
  const errors = detections.map((_, d) => {
    if (objectOf[d] >= 0) return null;
    const error = errorOf(pairs, d, { isFound, thresholds });
    // Only the first, the one with the highest score, can take the object.
    const { object } = error;
    if (object >= 0 && !isFound[object] && correctedBy[object] < 0) correctedBy[object] = d;
    return error;
  });
  return {
    detections: errors.map((error, d) => {
      if (error === null) return { kind: null, ignored: false, corrected: null };
      const { kind, object } = error;
      return {
        kind,
        ignored: pairs.inCrowd[d] > thresholds.foreground,
        corrected: object >= 0 && correctedBy[object] === d ? objects[object].categoryId : null,
      };
    }),
    objects: objects.map((_, o) => (isFound[o] ? 'found' : correctedBy[o] >= 0 ? 'correctable' : 'missed')),
  };
}

/** The object of each detection, or −1: by descending score, each takes the most similar free one of its category. */
function matchByScore(
  { detections, objects, iou }: PicturePairs,
  count: number,
  threshold: number,
): number[] {
  const taken = new Uint8Array(objects.length);
  return detections.slice(0, count).map(({ categoryId }, d) => {
    let best = -1;
    for (let o = 0; o < objects.length; o++) {
      if (taken[o] || objects[o].categoryId !== categoryId) continue;
      const value = iou[d * objects.length + o];
      if (value >= threshold && (best < 0 || value > iou[d * objects.length + best])) best = o;
    }
    if (best >= 0) taken[best] = 1;
    return best;
  });
}

interface DetectionError {
  readonly kind: Exclude<TideKind, 'missed'>;
  /** The object that it would match without the error, or −1. */
  readonly object: number;
}

function errorOf(
  { detections, objects, iou }: PicturePairs,
  d: number,
  { isFound, thresholds }: { isFound: Uint8Array; thresholds: TideThresholds },
): DetectionError {
  const { foreground, background } = thresholds;
  const { categoryId } = detections[d];
  const row = d * objects.length;
  /** The most similar object among some, the first of equals. */
  const nearest = (isAmong: (o: number) => boolean) => {
    let best = -1;
    for (let o = 0; o < objects.length; o++)
      if (isAmong(o) && (best < 0 || iou[row + o] > iou[row + best])) best = o;
    return { object: best, value: best < 0 ? 0 : iou[row + best] };
  };
  const isOwn = (o: number) => objects[o].categoryId === categoryId;
  const own = nearest(isOwn);
  if (own.object >= 0 && own.value >= background && own.value <= foreground)
    return { kind: 'location', object: own.object };
  const other = nearest((o) => !isOwn(o));
  if (other.object >= 0 && other.value >= foreground) return { kind: 'class', object: other.object };
  if (nearest((o) => isOwn(o) && isFound[o] === 1).value >= foreground)
    return { kind: 'duplicate', object: -1 };
  if (Math.max(own.value, other.value) <= background) return { kind: 'background', object: -1 };
  return { kind: 'both', object: -1 };
}
