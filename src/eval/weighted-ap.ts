import type { CocoMatches } from './coco-matches.ts';
import { outcome } from './matching.ts';
import { PrecisionPoints } from './sampled-precision.ts';
import type { Tally } from './tally.ts';

/** Average precisions in 0…1; NaN where no object counts. */
export interface WeightedPrecisions {
  /** Mean over the IoU thresholds and the categories that have objects. */
  readonly ap: number;
  /** Mean over the categories at IoU 0.5; NaN if that is not among the thresholds. */
  readonly ap50: number;
  /** AP of each category, in the order of `CocoMatches.categories`. */
  readonly perCategory: readonly number[];
}

/** numpy.spacing(1), as in pycocotools. */
const epsilon = Number.EPSILON;

/**
 * COCO's average precision of a data set in which each picture occurs a given number of times: of a subset, or of a
 * bootstrap sample. All areas, most detections.
 */
export class WeightedAp {
  /** The pictures, by ascending id; weights are in this order. */
  readonly imageIds: readonly number[];
  readonly #matches: CocoMatches;
  readonly #categories: readonly WeightedCategory[];
  readonly #points: PrecisionPoints;

  constructor(matches: CocoMatches) {
    this.imageIds = matches.imageIds();
    this.#matches = matches;
    const indexOf = new Map(this.imageIds.map((id, index) => [id, index]));
    const tallies = matches.categories.map(({ id }) => matches.tallies.get(id)!);
    this.#categories = tallies.map((tally) => weightedCategory(tally, matches, indexOf));
    this.#points = new PrecisionPoints(tallies.reduce((most, { count }) => Math.max(most, count), 0));
  }

  /** @param weights How often each picture of `imageIds` occurs: integers of at least 0. */
  measure(weights: ArrayLike<number>): WeightedPrecisions {
    const half = this.#matches.params.iouThresholds.indexOf(0.5);
    const perThreshold = this.#categories.map((category) => this.#measureCategory(category, weights));
    const perCategory = perThreshold.map((values) => mean(values));
    return {
      ap: mean(perCategory.filter((value) => !Number.isNaN(value))),
      ap50: mean(
        perThreshold.map((values) => values[half] ?? Number.NaN).filter((value) => !Number.isNaN(value)),
      ),
      perCategory,
    };
  }

  /** AP at each threshold; NaN without objects. */
  #measureCategory({ objects, counted }: WeightedCategory, weights: ArrayLike<number>): number[] {
    const { recallThresholds } = this.#matches.params;
    let positives = 0;
    for (let i = 0; i < objects.length; i += 2) positives += weights[objects[i]] * objects[i + 1];
    if (positives === 0) return counted.map(() => Number.NaN);
    return counted.map((codes) => {
      this.#draw(codes, weights);
      return this.#points.sum(positives, recallThresholds) / recallThresholds.length;
    });
  }

  #draw(codes: Uint32Array, weights: ArrayLike<number>): void {
    const points = this.#points;
    points.count = 0;
    let right = 0;
    let wrong = 0;
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i];
      const weight = weights[code >>> 1];
      if (weight === 0) continue;
      if ((code & 1) === 0) wrong += weight;
      else {
        right += weight;
        points.add(right, right / (wrong + right + epsilon));
      }
    }
  }
}

interface WeightedCategory {
  /** Index of a picture, number of its objects, index of a picture … */
  readonly objects: Uint32Array;
  /** For each threshold, the detections that count, by descending score: 2 × index of the picture + 1 if correct. */
  readonly counted: readonly Uint32Array[];
}

function weightedCategory(
  tally: Tally,
  { params }: CocoMatches,
  indexOf: ReadonlyMap<number, number>,
): WeightedCategory {
  const order = tally.order();
  const objects = tally.objectPictures.flatMap(({ imageId, objects: count }) => [
    indexOf.get(imageId)!,
    count,
  ]);
  const counted = params.iouThresholds.map((_, t) => {
    const codes = new Uint32Array(order.length);
    let used = 0;
    for (const detection of order) {
      const judged = tally.outcomes[detection * tally.cells + t];
      if (judged === outcome.ignored) continue;
      codes[used++] = 2 * indexOf.get(tally.imageIds[detection])! + (judged === outcome.truePositive ? 1 : 0);
    }
    return codes.slice(0, used);
  });
  return { objects: Uint32Array.from(objects), counted };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
