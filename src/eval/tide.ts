import type { PicturePairs } from './picture-pairs.ts';
import { PrecisionPoints } from './sampled-precision.ts';
import {
  type JudgedPicture,
  judgePicture,
  type TideKind,
  type TideThresholds,
  tideKinds,
} from './tide-picture.ts';

/** How often an error occurs, and what it costs. */
export interface TideError {
  readonly kind: TideKind;
  /** Detections with this error; for `missed` objects. */
  readonly count: number;
  /** Gain in AP if it were corrected and all else stayed the same, 0…1: TIDE's dAP / 100. */
  readonly cost: number;
}

/** TIDE's error analysis of an evaluation. */
export interface TideResult extends TideThresholds {
  /** AP at the foreground IoU in 0…1, as TIDE computes it: over the categories that have an object or a detection. */
  readonly ap: number;
  /** The six kinds, in TIDE's order. */
  readonly errors: readonly TideError[];
  /** Gain in AP if every false positive had score 0. */
  readonly falsePositiveCost: number;
  /** Gain in AP if missed and unmatched objects did not count. */
  readonly falseNegativeCost: number;
}

/** The recalls at which tidecv samples precision. */
const recalls = Array.from({ length: 101 }, (_, i) => i / 100);

interface StoredDetection {
  readonly imageId: number;
  readonly rank: number;
  readonly score: number;
  readonly category: number;
  /** Index into `tideKinds`, −1 if correct. */
  readonly kind: number;
  readonly ignored: boolean;
  readonly corrected: number | null;
}

/** The numbers of one category. */
interface CategoryCounts {
  objects: number;
  /** Objects that no detection matched. */
  unmatched: number;
  /** Those of them that no corrected error would find. */
  missed: number;
}

/**
 * TIDE (Bolya et al. 2020, "TIDE: A General Toolbox for Identifying Object Detection Errors"), with the results of the
 * `tidecv` package. It stores numbers, no masks. Detections of equal score are ordered by picture id.
 */
export class TideEvaluator {
  readonly #thresholds: TideThresholds;
  readonly #most: number;
  readonly #detections: StoredDetection[] = [];
  readonly #categories = new Map<number, CategoryCounts>();

  /** @param most Number of best-scoring detections of a picture that count, whatever their categories. */
  constructor(thresholds: TideThresholds, most: number) {
    this.#thresholds = thresholds;
    this.#most = most;
  }

  /** Adds one picture, and returns how its detections and objects are judged. */
  add(pairs: PicturePairs): JudgedPicture {
    const judged = judgePicture(pairs, this.#thresholds, this.#most);
    judged.detections.forEach(({ kind, ignored, corrected }, rank) => {
      const { score, categoryId: category } = pairs.detections[rank];
      this.#detections.push({
        imageId: pairs.imageId,
        rank,
        score,
        category,
        kind: kind === null ? -1 : tideKinds.indexOf(kind),
        ignored,
        corrected,
      });
      if (!ignored) this.#countsOf(category);
    });
    judged.objects.forEach((state, o) => {
      const counts = this.#countsOf(pairs.objects[o].categoryId);
      counts.objects++;
      if (state !== 'found') counts.unmatched++;
      if (state === 'missed') counts.missed++;
    });
    return judged;
  }

  result(): TideResult {
    const ordered = this.#detections.toSorted(
      (a, b) => b.score - a.score || a.imageId - b.imageId || a.rank - b.rank,
    );
    const correctLast = this.#detections.toSorted(
      (a, b) =>
        b.score - a.score ||
        // tidecv appends the correct detections to the errors before it sorts by score.
        Number(a.kind < 0) - Number(b.kind < 0) ||
        a.imageId - b.imageId ||
        a.rank - b.rank,
    );
    const objects = ({ objects: count }: CategoryCounts) => count;
    const ap = this.#meanAp(ordered, (detection) => countedAs(detection, null), objects);
    const cost = (kind: TideKind) =>
      this.#meanAp(
        correctLast,
        (detection) => countedAs(detection, kind),
        (counts) => (kind === 'missed' ? counts.objects - counts.missed : counts.objects),
      ) - ap;
    const correctFirst = this.#detections.toSorted((a, b) => Number(b.kind < 0) - Number(a.kind < 0));
    const asIs = (detection: StoredDetection) => countedAs(detection, null);
    return {
      ...this.#thresholds,
      ap,
      // As in tidecv, a correction that lowers AP (by the sampling of recall) costs nothing.
      errors: tideKinds.map((kind) => ({ kind, count: this.#count(kind), cost: Math.max(cost(kind), 0) })),
      falsePositiveCost: this.#meanAp(correctFirst, asIs, objects) - ap,
      falseNegativeCost:
        this.#meanAp(correctLast, asIs, ({ objects: all, unmatched }) => all - unmatched) - ap,
    };
  }

  #countsOf(category: number): CategoryCounts {
    const known = this.#categories.get(category);
    if (known !== undefined) return known;
    const counts = { objects: 0, unmatched: 0, missed: 0 };
    this.#categories.set(category, counts);
    return counts;
  }

  #count(kind: TideKind): number {
    if (kind === 'missed') return [...this.#categories.values()].reduce((sum, { missed }) => sum + missed, 0);
    const wanted = tideKinds.indexOf(kind);
    return this.#detections.filter((detection) => detection.kind === wanted).length;
  }

  /** Mean AP over the categories with an object or a detection that counts. */
  #meanAp(
    ordered: readonly StoredDetection[],
    countAs: (detection: StoredDetection) => Counted | null,
    objectsOf: (counts: CategoryCounts) => number,
  ): number {
    const curves = new Map<number, Curve>();
    for (const detection of ordered) {
      const counted = countAs(detection);
      if (counted === null) continue;
      let curve = curves.get(counted.category);
      if (curve === undefined) {
        curve = new Curve();
        curves.set(counted.category, curve);
      }
      curve.add(counted.isCorrect);
    }
    let sum = 0;
    let categories = 0;
    for (const [category, counts] of this.#categories) {
      const curve = curves.get(category);
      const objects = objectsOf(counts);
      if (curve === undefined && objects === 0) continue;
      categories++;
      if (curve !== undefined && objects > 0) sum += curve.ap(objects);
    }
    return categories === 0 ? 0 : sum / categories;
  }
}

interface Counted {
  readonly category: number;
  readonly isCorrect: boolean;
}

/** How a detection counts once all errors of a kind are corrected; null if it does not. */
function countedAs(detection: StoredDetection, correctedKind: TideKind | null): Counted | null {
  const { category, kind, ignored, corrected } = detection;
  if (kind < 0) return { category, isCorrect: true };
  if (tideKinds[kind] === correctedKind) {
    return corrected === null ? null : { category: corrected, isCorrect: true };
  }
  return ignored ? null : { category, isCorrect: false };
}

/** Precision over recall while detections come in by descending score. */
class Curve {
  readonly #found: number[] = [];
  readonly #precision: number[] = [];
  #wrong = 0;

  add(isCorrect: boolean): void {
    if (!isCorrect) {
      this.#wrong++;
      return;
    }
    const found = this.#found.length + 1;
    this.#found.push(found);
    this.#precision.push(found / (found + this.#wrong));
  }

  /** @param objects Number of objects to find. */
  ap(objects: number): number {
    const points = new PrecisionPoints(this.#found.length);
    for (const [i, found] of this.#found.entries()) points.add(found, this.#precision[i]);
    return points.sum(objects, recalls) / recalls.length;
  }
}
