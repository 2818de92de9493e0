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
const epsilon = 2 ** -52;

/** Computes the precision–recall curves from the outcomes (pycocotools' `accumulate`). */
export function accumulate(
  params: EvalParams,
  categories: readonly EvalCategory[],
  tallies: ReadonlyMap<number, Tally>,
): CocoEvaluation {
  const { iouThresholds, recallThresholds, areas, maxDetections } = params;
  const series = iouThresholds.length * categories.length * areas.length * maxDetections.length;
  const evaluation: CocoEvaluation = {
    params,
    categories,
    precision: new Float64Array(series * recallThresholds.length).fill(-1),
    recall: new Float64Array(series).fill(-1),
    scores: new Float64Array(series * recallThresholds.length).fill(-1),
  };
  categories.forEach(({ id }, category) => {
    const tally = tallies.get(id);
    if (tally !== undefined) accumulateCategory(evaluation, category, tally);
  });
  return evaluation;
}

function accumulateCategory(evaluation: CocoEvaluation, category: number, tally: Tally): void {
  const { iouThresholds, recallThresholds, areas, maxDetections } = evaluation.params;
  const order = tally.order();
  const curve = new Curve(tally.count);
  const cells = areas.length * iouThresholds.length;
  for (let m = 0; m < maxDetections.length; m++) {
    const considered = order.filter((detection) => tally.ranks[detection] < maxDetections[m]);
    for (let a = 0; a < areas.length; a++) {
      const positives = tally.positives[a];
      if (positives === 0) continue;
      for (let t = 0; t < iouThresholds.length; t++) {
        curve.draw(considered, tally, a * iouThresholds.length + t, cells);
        const row = (k: number) =>
          ((k * evaluation.categories.length + category) * areas.length + a) * maxDetections.length + m;
        evaluation.recall[row(t)] = curve.found / positives;
        for (let r = 0, nth = 0; r < recallThresholds.length; r++) {
          while (nth < curve.found && (nth + 1) / positives < recallThresholds[r]) nth++;
          const at = row(t * recallThresholds.length + r);
          // Recall 0 is reached by the first detection, correct or not.
          const isFirst = recallThresholds[r] === 0;
          evaluation.precision[at] = nth < curve.found ? curve.precision[nth] : 0;
          if (isFirst) evaluation.scores[at] = considered.length > 0 ? tally.scores[considered[0]] : 0;
          else evaluation.scores[at] = nth < curve.found ? curve.scores[nth] : 0;
        }
      }
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

  constructor(capacity: number) {
    this.precision = new Float64Array(capacity);
    this.scores = new Float64Array(capacity);
  }

  /**
   * @param considered Detections by descending score. @param cell, cells Position and number of a detection's
   * outcomes.
   */
  draw(considered: Uint32Array, { outcomes, scores }: Tally, cell: number, cells: number): void {
    let right = 0;
    let wrong = 0;
    for (let i = 0; i < considered.length; i++) {
      const judged = outcomes[considered[i] * cells + cell];
      if (judged === outcome.falsePositive) wrong++;
      else if (judged === outcome.truePositive) {
        this.scores[right] = scores[considered[i]];
        right++;
        this.precision[right - 1] = right / (wrong + right + epsilon);
      }
    }
    this.found = right;
    for (let i = right - 1; i > 0; i--) {
      if (this.precision[i] > this.precision[i - 1]) this.precision[i - 1] = this.precision[i];
    }
  }
}
