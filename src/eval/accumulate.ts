import { sharedMemory } from '../core/shared-memory.ts';
import { outcome } from './matching.ts';
import type { EvalCategory } from './objects.ts';
import type { EvalParams } from './params.ts';
import type { Tally } from './tally.ts';

/**
 * The arrays of an evaluation, in the layout of pycocotools' `COCOeval.eval`. T thresholds, R recalls, K
 * categories (by ascending id), A area ranges, M maximum numbers of detections; row-major. −1 if a category
 * has no object in an area range.
 */
export interface CocoEvaluation {
  readonly params: EvalParams;
  readonly categories: readonly EvalCategory[];
  /** [T, R, K, A, M]: the best precision at this or any higher recall. */
  readonly precision: Float64Array;
  /** [T, K, A, M]: the recall of all detections. */
  readonly recall: Float64Array;
  /** [T, R, K, A, M]: the score of the detection that reaches this recall. */
  readonly scores: Float64Array;
}

/** numpy.spacing(1), as in pycocotools. */
const epsilon = Number.EPSILON;

/** Arrays for `accumulate`, in memory that threads can share. */
export function emptyEvaluation(params: EvalParams, categories: readonly EvalCategory[]): CocoEvaluation {
  const { iouThresholds, recallThresholds, areas, maxDetections } = params;
  const series = iouThresholds.length * categories.length * areas.length * maxDetections.length;
  const array = (length: number) =>
    new Float64Array(sharedMemory(length * Float64Array.BYTES_PER_ELEMENT)).fill(-1);
  return {
    params,
    categories,
    precision: array(series * recallThresholds.length),
    recall: array(series),
    scores: array(series * recallThresholds.length),
  };
}

/**
 * Computes the precision–recall curves from the outcomes (pycocotools' `accumulate`).
 * @param evaluation Receives the values of the categories in `tallies`.
 */
export function accumulate(evaluation: CocoEvaluation, tallies: ReadonlyMap<number, Tally>): void {
  evaluation.categories.forEach(({ id }, category) => {
    const tally = tallies.get(id);
    if (tally?.positives.some((objects) => objects > 0)) accumulateCategory(evaluation, category, tally);
  });
}

/** One threshold after the other, because its values for all area ranges and numbers of detections are adjacent. */
function accumulateCategory(evaluation: CocoEvaluation, category: number, tally: Tally): void {
  const { iouThresholds, recallThresholds, areas, maxDetections } = evaluation.params;
  const order = tally.order();
  const considered = maxDetections.map((most) => bestOfPictures(tally, order, most));
  const curve = new Curve(tally.count);
  const width = areas.length * maxDetections.length;
  const sampled = new SampledCurves(recallThresholds, width);
  iouThresholds.forEach((_, t) => {
    const rowOf = (k: number) => (k * evaluation.categories.length + category) * width;
    for (let a = 0; a < areas.length; a++) {
      const positives = tally.positives[a];
      if (positives === 0) continue;
      for (let m = 0; m < maxDetections.length; m++) {
        const column = a * maxDetections.length + m;
        // Few pictures have more detections of a category than a small maximum.
        if (m === 0 || considered[m].count !== considered[m - 1].count) {
          curve.draw(considered[m], a * iouThresholds.length + t);
          sampled.sample(column, curve, positives, considered[m].scores[0] ?? 0);
        } else sampled.repeat(column);
        evaluation.recall[rowOf(t) + column] = curve.found / positives;
      }
    }
    for (let r = 0; r < recallThresholds.length; r++) {
      const row = rowOf(t * recallThresholds.length + r);
      for (let i = 0; i < width; i++) {
        evaluation.precision[row + i] = sampled.precision[r * width + i];
        evaluation.scores[row + i] = sampled.scores[r * width + i];
      }
    }
  });
}

/** The detections of a category that are among the best of their pictures, by descending score. */
interface Considered {
  readonly count: number;
  readonly scores: Float64Array;
  /** Where the outcomes of each begin. */
  readonly rows: Uint32Array;
  readonly outcomes: Uint8Array;
}

/** @param order Of all detections. @param most Maximum number per picture. */
function bestOfPictures(
  { ranks, scores, outcomes, cells }: Tally,
  order: Uint32Array,
  most: number,
): Considered {
  const rows = new Uint32Array(order.length);
  const kept = new Float64Array(order.length);
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    if (ranks[order[i]] >= most) continue;
    rows[count] = order[i] * cells;
    kept[count] = scores[order[i]];
    count++;
  }
  return { count, scores: kept, rows, outcomes };
}

/** The curves of one threshold at every recall: [R, width], −1 in columns that were not sampled. */
class SampledCurves {
  readonly precision: Float64Array;
  readonly scores: Float64Array;
  readonly #recalls: readonly number[];
  readonly #width: number;

  constructor(recalls: readonly number[], width: number) {
    this.#recalls = recalls;
    this.#width = width;
    this.precision = new Float64Array(recalls.length * width).fill(-1);
    this.scores = new Float64Array(recalls.length * width).fill(-1);
  }

  /** @param best Score of the first detection, which reaches recall 0, correct or not. */
  sample(column: number, { found, precision, scores }: Curve, positives: number, best: number): void {
    let nth = 0;
    let at = column;
    for (const recall of this.#recalls) {
      while (nth < found && (nth + 1) / positives < recall) nth++;
      this.precision[at] = nth < found ? precision[nth] : 0;
      this.scores[at] = recall === 0 ? best : nth < found ? scores[nth] : 0;
      at += this.#width;
    }
  }

  /** Copies the column before. */
  repeat(column: number): void {
    for (let at = column; at < this.precision.length; at += this.#width) {
      this.precision[at] = this.precision[at - 1];
      this.scores[at] = this.scores[at - 1];
    }
  }
}

/**
 * Precision over recall. Recall rises, and precision peaks, only at true positives, so only these are kept:
 * the n-th lies at recall (n + 1) / positives.
 */
class Curve {
  /** True positives. */
  found = 0;
  /** Per true positive: the best precision from there on. */
  readonly precision: Float64Array;
  readonly scores: Float64Array;
  /** Per true positive: its index, and the number of false positives before it. */
  readonly #indices: Uint32Array;
  readonly #wrong: Uint32Array;

  constructor(capacity: number) {
    this.precision = new Float64Array(capacity);
    this.scores = new Float64Array(capacity);
    // What follows the last true positive is written, too.
    this.#indices = new Uint32Array(capacity + 1);
    this.#wrong = new Uint32Array(capacity + 1);
  }

  /** @param cell Index of the threshold and area range. */
  draw({ count, scores, rows, outcomes }: Considered, cell: number): void {
    const indices = this.#indices;
    const wrong = this.#wrong;
    const { truePositive } = outcome;
    let right = 0;
    let falsePositives = 0;
    // Without branches, which would take seven times as long, since outcomes cannot be predicted.
    for (let i = 0; i < count; i++) {
      const judged = outcomes[rows[i] + cell];
      indices[right] = i;
      wrong[right] = falsePositives;
      right = (right + (judged & truePositive)) | 0;
      falsePositives = (falsePositives + ((judged - 1) >>> 31)) | 0;
    }
    this.found = right;
    let best = 0;
    for (let n = right - 1; n >= 0; n--) {
      best = Math.max(best, (n + 1) / (wrong[n] + n + 1 + epsilon));
      this.precision[n] = best;
      this.scores[n] = scores[indices[n]];
    }
  }
}
